"""Show requests and responses, and the code, data and logs behind them."""
