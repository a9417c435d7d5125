courses = {"from": "courses", "localField": "_id", "foreignField": "_id"}
pipeline = [
    {"$group": {"_id": "$course", "students": {"$sum": 1}}},
    {"$lookup": courses | {"as": "course"}},
    {"$unwind": "$course"},
    {"$project": {"title": "$course.title", "students": 1}},
    {"$sort": {"students": -1, "title": 1}},
]
