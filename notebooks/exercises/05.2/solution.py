sql = "SELECT name FROM items WHERE price >= 20 ORDER BY name"
