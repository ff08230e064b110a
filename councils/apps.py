from django.apps import AppConfig


class CouncilsConfig(AppConfig):
    name = "councils"
    label = "councils"
    verbose_name = "议事协商"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell privacy what is held of people; offer the ledger as a sheet; add to the households' files."""
        from community_portal.privacy.holdings import register_holdings
        from councils import personal
        from councils.held import in_councils
        from councils.ledger_sheet import LEDGER_SHEET
        from councils.on_the_file import council_lines
        from residents.exporting.kinds import register_kind
        from residents.timeline import register_timeline_source

        personal.register()
        register_holdings(in_councils)
        register_kind(LEDGER_SHEET)
        register_timeline_source(council_lines)
