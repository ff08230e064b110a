"""Addresses of ballots: staff first, then what a code out of a letter opens."""

from django.urls import path

from councils.views import ballot_roll, ballot_votes, ballots, vote

urlpatterns = [
    path("ballots/", ballots.ballot_list, name="ballot-list"),
    path("councils/<int:pk>/ballots/new/", ballots.ballot_new, name="ballot-new"),
    path("ballots/<int:pk>/", ballots.ballot_detail, name="ballot-detail"),
    path("ballots/<int:pk>/turnout/", ballots.ballot_turnout, name="ballot-turnout"),
    path("ballots/<int:pk>/roll/", ballot_roll.ballot_roll, name="ballot-roll"),
    path("ballots/<int:pk>/roll/<slug:verb>/", ballot_roll.ballot_roll_act, name="ballot-roll-act"),
    path("ballots/<int:pk>/letters/", ballot_roll.ballot_letters, name="ballot-letters"),
    path("ballots/<int:pk>/papers/", ballot_roll.ballot_papers, name="ballot-papers"),
    path("ballots/<int:pk>/enter/", ballot_votes.ballot_enter, name="ballot-enter"),
    path("ballots/<int:pk>/box/", ballot_votes.ballot_box, name="ballot-box"),
    path("ballots/<int:pk>/<int:entitled>/evidence/", ballot_votes.ballot_evidence, name="ballot-evidence"),
    path("ballots/<int:pk>/<int:entitled>/<slug:verb>/", ballot_votes.ballot_entry_act, name="ballot-entry-act"),
    path("ballots/<int:pk>/<slug:verb>/", ballots.ballot_act, name="ballot-act"),
    path("vote/", vote.vote, name="vote"),
    path("vote/receipt/", vote.vote_receipt, name="vote-receipt"),
    path("vote/receipt/<slug:receipt>/", vote.vote_receipt_of, name="vote-receipt-of"),
    path("vote/<slug:code>/", vote.vote_ballot, name="vote-ballot"),
]
