# SPDX-License-Identifier: Apache-2.0
"""Processes of one thread each that learn together: every one takes its own samples, gradients are averaged.

On CPUs this is worth much: with oneDNN two processes of 16 samples learn 99 samples a second where one process of two
threads and 8 samples learned 37 (two cores of a Zen 5). The weights are the same in every member, bit by bit, since all
of them apply the same mean; statistics of batch normalisation are the leader's. The leader decides the rate and the
end; the others only follow. A member that dies breaks the barrier, and all end.
"""
import signal

import torch
from torch import multiprocessing

PATIENCE_S = 3600  # at the barrier: an evaluation, or a machine that was stopped for a while
RATE, GOES_ON = 0, 1


class Alone:
    """A team of one."""
    rank, size = 0, 1

    def order(self, rate):
        pass

    def mean(self, gradient):
        pass

    def end(self):
        pass


class Member:
    def __init__(self, rank, shared):
        self.rank, (self.orders, self.gradients, self.barrier) = rank, shared
        self.size, self.turn = len(self.gradients[0]), 0

    def wait(self):
        self.barrier.wait(PATIENCE_S)

    def mean(self, gradient):
        """The team's mean, in the gradient's place. Two buffers take turns, so that one barrier is enough."""
        self.turn ^= 1
        every = self.gradients[self.turn]
        every[self.rank].copy_(gradient)
        self.wait()
        gradient.copy_(every.mean(0))


def follow(rank, shared, run, batches):
    """A follower's life: a step for each order, until the leader says that it is over."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    run.team = Member(rank, shared)
    while True:
        run.team.wait()
        if not shared[0][GOES_ON]:
            return
        run.learn(batches, float(shared[0][RATE]))


class Leader(Member):
    """The process that was there first. The others are forked from it, so they begin with its run as it is."""

    def __init__(self, size, run, batches):
        context = multiprocessing.get_context("fork")
        gradients = [torch.zeros(size, len(run.flat.gradient)).share_memory_() for _ in range(2)]
        shared = (torch.ones(2, dtype=torch.float64).share_memory_(), gradients, context.Barrier(size))
        super().__init__(0, shared)
        self.others = [context.Process(target=follow, args=(rank, shared, run, batches), daemon=True)
                       for rank in range(1, size)]
        for other in self.others:
            other.start()

    def order(self, rate):
        """Sets the others going on the next step."""
        self.orders[RATE] = rate
        self.wait()

    def end(self):
        self.orders[GOES_ON] = 0
        self.wait()
        for other in self.others:
            other.join()
