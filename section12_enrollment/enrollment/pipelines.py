"""The aggregation pipeline that joins users, enrollments and courses."""


def courses_of(user_id):
    """Return the pipeline that finds the courses of a user, by term and code."""
    return [
        # First, so that all other stages have the documents of one user only.
        {"$match": {"_id": user_id}},
        {
            "$lookup": {
                "from": "enrollments",
                "localField": "_id",
                "foreignField": "user",  # the first field of an index
                "as": "enrollment",
            }
        },
        # One document with a list of enrollments becomes one document for each of them.
        {"$unwind": "$enrollment"},
        {
            "$lookup": {
                "from": "courses",
                "localField": "enrollment.course",
                "foreignField": "_id",
                "as": "course",
            }
        },
        {"$unwind": "$course"},
        {"$sort": {"course.term": 1, "course.code": 1}},
    ]
