from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "residents"
    label = "residents"
    verbose_name = "楼栋与居民"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put visits on the wall and into files, as apps above do with theirs; tell privacy what is held of people."""
        from grid.belongings import Owner, register_owner
        from grid.models import HandoverItem
        from residents import handed_over, personal
        from residents.exporting.kinds import register_kind
        from residents.exporting.lists import HOUSEHOLD_LIST, PEOPLE_LIST
        from residents.marks import register_mark_source, register_section_source
        from residents.on_the_wall import SIGNS, VISITS, visit_section, visit_timeline, watch_section
        from residents.timeline import register_timeline_source

        register_mark_source(VISITS)
        register_mark_source(SIGNS)
        register_timeline_source(visit_timeline)
        register_section_source(visit_section)
        register_section_source(watch_section)
        register_kind(HOUSEHOLD_LIST)
        register_kind(PEOPLE_LIST)
        register_owner(Owner(HandoverItem.Kind.HOUSEHOLD, handed_over.held))
        personal.register()
