sql = "SELECT 'nothing yet'"
