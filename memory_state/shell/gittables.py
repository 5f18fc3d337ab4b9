"""What git's subcommands write (git 2.47)."""

from __future__ import annotations

# The repository's own records alone.
GIT_RECORDS = frozenset(
    """
    add branch commit commit-graph commit-tree fetch fast-import gc hash-object index-pack maintenance
    merge-tree mktag mktree multi-pack-index notes pack-objects pack-refs prune push reflog
    remote repack replace rerere reset-index symbolic-ref tag unpack-objects update-index
    update-ref update-server-info write-tree prune-packed stage
    """.split()
)
# Any file of the work tree, and the records.
GIT_TREES = frozenset(
    """
    am bisect checkout-index cherry-pick merge merge-file merge-index merge-recursive pull
    read-tree rebase revert sparse-checkout stash switch subtree
    """.split()
)
# Options by which a subcommand runs a program of the caller's choice.
RUNNING_OPTIONS = {
    "bisect": ("run",),
    "branch": ("edit-description",),
    "rebase": ("x", "exec", "i", "interactive", "edit-todo"),
    "fetch": ("upload-pack",),
    "push": ("receive-pack", "exec"),
    "pull": ("upload-pack",),
    "clone": ("u", "upload-pack", "c", "config", "template"),
    "am": ("interactive",),
    "merge": ("s", "strategy"),
    "grep": ("O", "open-files-in-pager"),
    "archive": ("exec", "remote"),
    "init": ("template",),
    "add": ("e", "edit", "i", "interactive", "p", "patch"),
}
GIT_OPTIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "add": ("", ("chmod", "pathspec-from-file")),
    "apply": ("pC", ("directory", "exclude", "include", "whitespace", "build-fake-ancestor")),
    "archive": ("o", ("format", "output", "prefix", "remote", "exec", "add-file", "mtime")),
    "checkout": ("bB", ("orphan", "conflict", "pathspec-from-file")),
    "clean": ("e", ("exclude",)),
    "clone": (
        "bocuj",
        ("branch", "origin", "config", "upload-pack", "depth", "jobs", "reference", "separate-git-dir",
         "template", "shallow-since", "shallow-exclude", "filter", "recurse-submodules"),
    ),
    "commit": (
        "mFCct",
        ("message", "file", "author", "date", "template", "fixup",
         "squash", "reuse-message", "trailer", "cleanup"),
    ),
    "config": ("f", ("file", "blob", "type", "default", "value", "comment")),
    "format-patch": (
        "oNv",
        ("output-directory", "start-number", "in-reply-to", "subject-prefix",
         "output", "signature", "base", "suffix"),
    ),
    "hash-object": ("t", ("path",)),
    "init": ("b", ("template", "separate-git-dir", "object-format", "initial-branch", "ref-format")),
    "reset": ("", ("pathspec-from-file",)),
    "restore": ("s", ("source", "conflict", "pathspec-from-file")),
    "rm": ("", ("pathspec-from-file",)),
    "switch": ("cC", ("create", "force-create", "orphan", "conflict")),
    "tag": ("mFu", ("message", "file", "local-user", "cleanup")),
    "worktree": ("bB", ("reason", "expire")),
}  # fmt: skip
# Settings given with `-c` that run and write nothing.
HARMLESS_SETTINGS = (
    "user.", "color.", "advice.", "author.", "committer.", "core.quotepath", "log.", "diff.renames",
    "diff.renamelimit", "commit.gpgsign", "tag.gpgsign", "gc.auto", "init.defaultbranch", "core.autocrlf",
    "pull.rebase", "merge.conflictstyle", "diff.algorithm", "diff.context", "status.", "column.",
    "http.lowspeed", "protocol.version", "rebase.autostash", "push.default",
)  # fmt: skip
STASH_RECORDS = ("drop", "clear", "create", "store")
HARMLESS_SWITCHES = (
    "--no-pager",
    "-P",
    "--no-optional-locks",
    "--literal-pathspecs",
    "--no-replace-objects",
    "--icase-pathspecs",
)
