pipeline = []
