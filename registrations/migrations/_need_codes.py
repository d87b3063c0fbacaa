"""The specific-needs codes, as 0010 wrote them. Later changes are migrations.

The last column says what was checked against UNHCR's text: of some the category, of none its sub-codes yet. It was a column
of the table until 0028.
"""

COLUMNS = ("code", "category", "name_en", "name_hy", "name_ru", "at_desk", "verified")

ROWS = (
    ("SC-UC", "SC", "Unaccompanied child", "Առանց ուղեկցողի երեխա", "Ребёнок без сопровождения", True, "no"),
    ("SC-SC", "SC", "Separated child", "Ծնողներից անջատված երեխա", "Ребёнок, разлучённый с родителями", True, "no"),
    ("SC-CH", "SC", "Child-headed household", "Ընտանիք, որի գլխավորը երեխա է", "Семья во главе с ребёнком", False, "no"),
    ("SC-IC", "SC", "Child in institutional care", "Երեխա մանկական հաստատությունից", "Ребёнок из детского учреждения", False, "no"),
    ("SC-FC", "SC", "Child in foster care", "Երեխա խնամատար ընտանիքում", "Ребёнок в приёмной семье", False, "no"),
    ("CR-CP", "CR", "Child parent", "Երեխա, որը ծնող է", "Ребёнок, ставший родителем", False, "no"),
    ("CR-CC", "CR", "Child carer", "Երեխա, որը խնամում է ուրիշներին", "Ребёнок, ухаживающий за другими", False, "no"),
    ("CR-TP", "CR", "Teenage pregnancy", "Դեռահասի հղիություն", "Подростковая беременность", False, "no"),
    ("CR-SE", "CR", "Special education needs", "Կրթության հատուկ կարիքներ", "Особые образовательные потребности", False, "no"),
    ("SP-PT", "SP", "Single parent", "Միայնակ ծնող", "Одинокий родитель", True, "no"),
    ("SP-GP", "SP", "Single grandparent caring for children", "Միայնակ տատ կամ պապ, որը երեխաներ է խնամում", "Бабушка или дедушка, в одиночку растящие детей", True, "no"),
    ("SP-CG", "SP", "Single caregiver", "Միայնակ խնամող", "В одиночку ухаживает за детьми", True, "no"),
    ("ER", "ER", "Older person at risk", "Խոցելի վիճակում գտնվող տարեց", "Пожилой человек в уязвимом положении", True, "category only"),
    ("DS", "DS", "Disability", "Հաշմանդամություն", "Инвалидность", True, "category only"),
    ("SM-DP", "SM", "Pregnant with complications", "Հղիություն՝ բարդություններով", "Беременность с осложнениями", True, "no"),
    ("SM-CC", "SM", "Critical medical condition or injury", "Ծանր հիվանդություն կամ վնասվածք", "Тяжёлая болезнь или травма", True, "no"),
    ("SM-CI", "SM", "Chronic illness", "Քրոնիկ հիվանդություն", "Хроническая болезнь", True, "no"),
    ("SM-MI", "SM", "Mental illness", "Հոգեկան առողջության խնդիր", "Психическое заболевание", False, "no"),
    ("SM-MN", "SM", "Malnutrition", "Թերսնուցում", "Недоедание", False, "no"),
    ("SM-OT", "SM", "Other medical condition", "Առողջական այլ խնդիր", "Другая проблема со здоровьем", False, "no"),
    ("WR", "WR", "Woman at risk", "Խոցելի վիճակում գտնվող կին", "Женщина в уязвимом положении", False, "category only"),
    ("FU-TR", "FU", "Tracing of a family member required", "Ընտանիքի անդամի որոնում", "Розыск члена семьи", True, "no"),
    ("FU-FR", "FU", "Family reunification required", "Ընտանիքի վերամիավորում", "Воссоединение семьи", False, "no"),
    ("LP-ND", "LP", "No legal documentation", "Փաստաթղթեր չկան", "Нет документов", True, "no"),
    ("LP", "LP", "Other legal or physical protection need", "Իրավական կամ ֆիզիկական պաշտպանության այլ կարիք", "Другая потребность в правовой или физической защите", False, "category only"),
    ("TR", "TR", "Survivor of torture (confidential referral only)", "Խոշտանգում վերապրած (միայն գաղտնի ուղղորդում)", "Человек, переживший пытки (только конфиденциальное направление)", False, "category only"),
    ("SV", "SV", "Survivor of violence (confidential referral only)", "Բռնություն վերապրած (միայն գաղտնի ուղղորդում)", "Человек, переживший насилие (только конфиденциальное направление)", False, "category only"),
)


def write_need_codes(model):
    """Write the codes into the table of this model, anew where they are there."""
    columns = {field.name for field in model._meta.fields}
    for row in ROWS:
        facts = {name: fact for name, fact in zip(COLUMNS, row, strict=True) if name in columns}
        model.objects.update_or_create(code=facts.pop("code"), defaults=facts)
