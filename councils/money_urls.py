"""Addresses of the councils' money: staff first, then what residents see."""

from django.urls import path

from councils.views import accounts, books, funds, levies, till

urlpatterns = [
    path("councils/<int:pk>/money/", books.money_board, name="money-board"),
    path("councils/<int:pk>/till/", till.till, name="till"),
    path("councils/<int:pk>/ledger/", books.ledger, name="ledger"),
    path("councils/<int:pk>/ledger/close/", books.ledger_close, name="ledger-close"),
    path("councils/<int:pk>/levies/new/", levies.levy_new, name="levy-new"),
    path("levies/<int:pk>/", levies.levy_detail, name="levy-detail"),
    path("levies/<int:pk>/edit/", levies.levy_edit, name="levy-edit"),
    path("levies/<int:pk>/households/<int:household>/", levies.levy_line, name="levy-line"),
    path("levies/<int:pk>/slips/<int:building>/", levies.levy_slips, name="levy-slips"),
    path("levies/<int:pk>/spend/", books.levy_spend, name="levy-spend"),
    path("levies/<int:pk>/move/", books.levy_move, name="levy-move"),
    path("levies/<int:pk>/do/<slug:verb>/", levies.levy_act, name="levy-act"),
    path("councils/<int:pk>/funds/", funds.fund_board, name="fund-board"),
    path("councils/<int:pk>/funds/new/", funds.fund_new, name="fund-new"),
    path("funds/grants/<int:pk>/reverse/", funds.grant_back, name="grant-back"),
    path("funds/<int:pk>/items/new/", funds.item_new, name="fund-item-new"),
    path("fund-items/<int:pk>/", funds.fund_item, name="fund-item"),
    path("fund-items/<int:pk>/do/<slug:step>/", funds.item_step, name="fund-item-step"),
    path("bills/<int:pk>/", till.bill_detail, name="bill-detail"),
    path("bills/<int:pk>/do/<slug:verb>/", till.bill_act, name="bill-act"),
    path("receipts/<int:pk>/", till.receipt, name="receipt"),
    path("money/<slug:kind>/<int:pk>/reverse/", till.posted_reverse, name="posted-reverse"),
    path("spendings/<int:pk>/reverse/", books.spending_back, name="spending-back"),
    path("vouchers/<int:pk>/", books.voucher, name="voucher"),
    path("y/b/<slug:code>/", accounts.bill, name="bill"),
    path("y/s/<slug:code>/", accounts.supervise, name="supervise"),
    path("y/s/<slug:code>/<int:pk>/", accounts.supervise_picture, name="supervise-picture"),
    path("y/a/<int:pk>/", accounts.statement, name="statement"),
    path("y/<int:pk>/accounts/", accounts.accounts, name="accounts"),
]
