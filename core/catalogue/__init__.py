"""Facts about models and the recipes users choose from, as data."""
