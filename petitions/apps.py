from django.apps import AppConfig


class PetitionsConfig(AppConfig):
    name = "petitions"
    label = "petitions"
    verbose_name = "诉求工单"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put open petitions on the wall and into the households' files."""
        from petitions.on_the_wall import open_marks, open_section, petition_lines
        from residents.marks import register_mark_source, register_section_source
        from residents.timeline import register_timeline_source

        register_mark_source(open_marks)
        register_section_source(open_section)
        register_timeline_source(petition_lines)
