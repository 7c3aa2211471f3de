"""What sets up, translates and checks the project; nothing here runs in production."""
