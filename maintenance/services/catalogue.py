"""The default catalogue: what can be reported and the skills it takes."""

from __future__ import annotations

from django.db import transaction

from maintenance.models import Category, Skill

SKILLS = (
    ("water-network", "Réseau d’eau potable", "شبكة الماء الصالح للشرب"),
    ("water-meters", "Branchements et compteurs d’eau", "توصيلات وعدادات الماء"),
    ("electricity-network", "Réseau électrique", "الشبكة الكهربائية"),
    ("electricity-meters", "Branchements et compteurs électriques", "توصيلات وعدادات الكهرباء"),
)

# code, utility, skill, priority, urgent, tells of the supply, French, Arabic
CATEGORIES = (
    ("no-water", "water", "water-network", 2, False, True, "Pas d’eau", "انقطاع الماء"),
    ("low-pressure", "water", "water-network", 3, False, True, "Pression faible", "ضعف ضغط الماء"),
    (
        "visible-leak",
        "water",
        "water-network",
        2,
        False,
        True,
        "Fuite visible sur la voie",
        "تسرب ظاهر للماء",
    ),
    (
        "water-quality",
        "water",
        "water-network",
        2,
        False,
        False,
        "Eau trouble ou odeur",
        "ماء عكر أو ذو رائحة",
    ),
    ("water-meter", "water", "water-meters", 4, False, False, "Compteur d’eau", "عداد الماء"),
    (
        "no-power",
        "electricity",
        "electricity-network",
        2,
        False,
        True,
        "Pas d’électricité",
        "انقطاع الكهرباء",
    ),
    (
        "low-voltage",
        "electricity",
        "electricity-network",
        3,
        False,
        True,
        "Tension faible",
        "ضعف التيار الكهربائي",
    ),
    (
        "dangerous-cable",
        "electricity",
        "electricity-network",
        1,
        True,
        True,
        "Câble dangereux ou tombé",
        "سلك كهربائي خطير أو ساقط",
    ),
    (
        "electric-meter",
        "electricity",
        "electricity-meters",
        4,
        False,
        False,
        "Compteur électrique",
        "عداد الكهرباء",
    ),
    ("other", "other", None, 4, False, False, "Autre problème", "مشكل آخر"),
)


@transaction.atomic
def seed_skills() -> int:
    """Add the default skills that are missing; return how many."""
    added = 0
    for code, name_fr, name_ar in SKILLS:
        added += Skill.objects.get_or_create(code=code, defaults={"name_fr": name_fr, "name_ar": name_ar})[1]
    return added


@transaction.atomic
def seed_categories() -> int:
    """Add the default categories that are missing, with the skills they need; return how many.

    What an operator changed since is left alone.
    """
    seed_skills()
    skills = {skill.code: skill for skill in Skill.objects.all()}
    added = 0
    for position, row in enumerate(CATEGORIES, start=1):
        code, utility, skill, priority, urgent, tells_of_supply, name_fr, name_ar = row
        defaults = {
            "utility": utility,
            "skill": skills[skill] if skill else None,
            "priority": priority,
            "urgent": urgent,
            "tells_of_supply": tells_of_supply,
            "name_fr": name_fr,
            "name_ar": name_ar,
            "position": position * 10,
        }
        added += Category.objects.get_or_create(code=code, defaults=defaults)[1]
    return added
