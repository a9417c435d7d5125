-- The database has the last word: whatever it refuses, no request can store.

CREATE TABLE IF NOT EXISTS items (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- no number is used twice
    name TEXT NOT NULL UNIQUE,
    price INTEGER NOT NULL CHECK (price >= 0)  -- in cents, which add up exactly
);

CREATE TABLE IF NOT EXISTS users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- no number is used twice
    username TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL
);
