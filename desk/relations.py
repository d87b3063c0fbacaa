"""What people are to each other when another of them becomes the head of the household."""

from registrations.choices import Relationship as R

_BACK = {
    R.SPOUSE: R.SPOUSE,
    R.SIBLING: R.SIBLING,
    R.COUSIN: R.COUSIN,
    R.SON: R.PARENT,
    R.DAUGHTER: R.PARENT,
    R.GRANDCHILD: R.GRANDPARENT,
    R.GRANDPARENT: R.GRANDCHILD,
    R.PARENT_IN_LAW: R.CHILD_IN_LAW,
    R.CHILD_IN_LAW: R.PARENT_IN_LAW,
    R.AUNT_UNCLE: R.NIECE_NEPHEW,
    R.NIECE_NEPHEW: R.AUNT_UNCLE,
    R.OTHER_RELATIVE: R.OTHER_RELATIVE,
    R.NOT_RELATED: R.NOT_RELATED,
}
_SAME_FOR_SPOUSES = {R.SON, R.DAUGHTER, R.GRANDCHILD, R.FOSTER, R.NOT_RELATED, R.OTHER_RELATIVE}
_OF_A_CHILD = {  # of the head: what they are to the head's son or daughter
    R.SPOUSE: R.PARENT,
    R.SON: R.SIBLING,
    R.DAUGHTER: R.SIBLING,
    R.PARENT: R.GRANDPARENT,
    R.SIBLING: R.AUNT_UNCLE,
    R.NIECE_NEPHEW: R.COUSIN,
    R.NOT_RELATED: R.NOT_RELATED,
}


def relation_back(relation: str, sex: str | None) -> str:
    """What the head is to whom is this to the head; empty where it cannot be known."""
    if relation == R.PARENT:
        return {"M": R.SON, "F": R.DAUGHTER}.get(sex or "", R.OTHER_RELATIVE)
    return _BACK.get(R(relation), R.OTHER_RELATIVE) if relation else ""


def relation_to_new_head(relation: str, new_head_was: str) -> str:
    """What somebody is to the new head, from what both were to the head before; empty where it must be asked."""
    if new_head_was == R.SPOUSE and relation in _SAME_FOR_SPOUSES:
        return relation
    if new_head_was in (R.SON, R.DAUGHTER):
        return _OF_A_CHILD.get(R(relation), "") if relation else ""
    return relation if relation == R.NOT_RELATED else ""
