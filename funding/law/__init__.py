"""Legal arithmetic: pure functions, each with its paragraph. Knows neither Django nor the house."""
