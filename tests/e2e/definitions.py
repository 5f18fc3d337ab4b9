"""Definitions that several clients work on."""

from __future__ import annotations

HOLDING = """\
---
schema: 1
name: holding
description: One phase that holds
level: outer
phases:
  - id: work
    role: developer
    hold: true
    exit: [tasks]
---
# Holding

## work

- [ ] Sweep the yard
"""
NARROW = """\
---
schema: 1
name: narrow
description: Any command, few edits
level: outer
phases:
  - id: trial
    role: tester
    allow: [read, search, "edit(tests/**)", shell]
  - id: work
    role: developer
---
# Narrow
"""
RELAY = """\
---
schema: 1
name: relay
description: Four phases, none of which asks a person
level: outer
phases:
  - id: plan
    role: architect
    allow: [read, search, "edit(plan.md)"]
    exit: [tasks, "file: plan.md"]
  - id: build
    role: developer
    exit: [tasks]
  - id: test
    role: tester
    allow: [read, search, shell]
    exit: [{command: "grep -q x src/login.py"}]
  - id: review
    role: reviewer
    allow: [read, search, shell]
    exit: [tasks]
---
# Relay

## plan

- [ ] Write the plan

## build

- [ ] Build it

## review

- [ ] Read it once more
"""
