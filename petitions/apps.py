from django.apps import AppConfig


class PetitionsConfig(AppConfig):
    name = "petitions"
    label = "petitions"
    verbose_name = "诉求工单"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put petitions on the wall and into files; take what visits find needed; tell privacy what is held."""
        from grid.belongings import Owner, register_owner
        from grid.models import HandoverItem
        from petitions import handed_over, personal
        from petitions.ledger import ORDERS
        from petitions.on_the_wall import PETITIONS, open_section, petition_lines
        from petitions.visit_needs import register_need
        from residents.exporting.kinds import register_kind
        from residents.marks import register_mark_source, register_section_source
        from residents.needs import register_need_sink
        from residents.timeline import register_timeline_source

        register_mark_source(PETITIONS)
        register_section_source(open_section)
        register_timeline_source(petition_lines)
        register_need_sink(register_need)
        register_owner(Owner(HandoverItem.Kind.PETITION, handed_over.held, handed_over.take, handed_over.release))
        register_kind(ORDERS)
        personal.register()
