"""Page one of the ranking, around its list: who leads, what moved, what is weak, who is missing, where.

In: ``Outcome``, where the list and its hidden columns stand.
Out: the podium, the panel at the right of the list, the map or the chart of who leads.

plan.py      where everything on the page stands
podium.py    who shares the first three places
panel.py     figures, movers, the weakest KPIs, who has not sent
tile_map.py  the units where they lie, coloured by their rating
leaders.py   the leading units' percents as a chart, where there is no map
"""
