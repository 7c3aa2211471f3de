"""One module for each subject; a function decorated with ``@measure`` becomes a row of the table."""
