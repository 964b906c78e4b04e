# SPDX-License-Identifier: Apache-2.0
"""Engines die, start again, hang, run out of space and fail, at random points of capture and replay."""

from __future__ import annotations

from ..board import Board
from ..envsnap import Unexpected
from ..result import Result
from ..troubled import POINTS, WORDS, Point, Troubled


def run(board: Board) -> Result:
    result = Result(
        "engine", "the machine's engine, or the one in a host, is killed, starts again, hangs, has no space left, answers 500, "
        "closes a connection or cuts an answer, at a random point of capture and replay",
        "a clear error or success; once the engine is back nothing stands still, nothing is left, and a rerun succeeds",
        least=200)
    budget = board.budget("engine", result.least)
    points = sorted(_chosen(board, budget.points), key=lambda point: list(WORDS).index(point.operation))
    troubled = Troubled(board)
    try:
        for number, point in enumerate(points):
            if budget.is_spent(result.points):
                break
            if point.operation not in troubled.usual:
                troubled.measure(point.operation)
            _try(board, troubled, point, result)
            if number % 20 == 19:
                board.say(f"{result.points} points, {len(result.failures)} failures so far")
    finally:
        troubled.tear_down()
    return result


def _chosen(board: Board, number: int) -> list[Point]:
    """All combinations equally often, or some of them."""
    rounds, rest = divmod(number, len(POINTS))
    return POINTS * rounds + board.random.sample(POINTS, rest)


def _try(board: Board, troubled: Troubled, point: Point, result: Result) -> None:
    """One point; where the command ended before the trouble came, it is tried again."""
    for _ in range(5):
        try:
            was_hit, problems = troubled.attempt(point)
        except Unexpected as unexpected:
            was_hit, problems = True, [str(unexpected)]
        if was_hit:
            result.points += 1
            result.count(str(point))
            if problems:
                result.fail(str(point), problems)
                board.tell(result)
            return
    board.say(f"{point}: the command ended before it, five times")
