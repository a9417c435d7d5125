"""The page of a student's courses costs the same, however many students there are."""

from classroom.experiments.enrollments import measure_courses_page


def test_page_reads_the_documents_of_one_student_only(mongodb):
    costs = measure_courses_page([3, 30])

    assert [(cost.students, cost.has_index) for cost in costs] == [
        *((3, True), (3, False)),
        *((30, True), (30, False)),
    ]
    # The student, and 10 courses; 10 enrollments, or without an index, those of all.
    assert [cost.examined for cost in costs] == [21, 1 + 30 + 10, 21, 1 + 300 + 10]
    assert costs[2].indexes == ["_id_", "user_1_course_1"]
    assert costs[3].indexes == ["_id_"]
    assert min(cost.seconds for cost in costs) > 0
