"""Clouds as one interactive page that needs no network: turned together, chosen from a list."""

from collections.abc import Sequence
from pathlib import Path

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from tf2_native.pictures.cloud import DrawnCloud, panels

# Turning one panel turns the others.
_TOGETHER = """
const plot = document.getElementById('{plot_id}');
let busy = false;
plot.on('plotly_relayout', change => {
  const key = Object.keys(change).find(name => name.endsWith('.camera'));
  if (!key || busy) return;
  busy = true;
  const others = {};
  for (const scene of Object.keys(plot.layout).filter(name => name.startsWith('scene')))
    if (scene + '.camera' !== key) others[scene + '.camera'] = change[key];
  Plotly.relayout(plot, others).then(() => { busy = false; });
});
"""


def write_page(path: Path, clouds: Sequence[DrawnCloud]) -> None:
    """Writes the panels of some clouds, one cloud shown at a time.

    Arguments:
        path: the HTML file; it holds everything it needs.
        clouds: at least one, all of known truth or none.
    """
    views = [panels(cloud.thinned()) for cloud in clouds]
    columns = max(map(len, views))
    figure = make_subplots(
        cols=columns,
        specs=[[{"type": "scene"}] * columns],
        subplot_titles=["truth", "prediction", "where they differ"][:columns]
        if columns == 3
        else ["prediction"],
        horizontal_spacing=0.01,
    )
    owners = []
    for number, cloud in enumerate(clouds):
        points = cloud.thinned().upright()
        named: set[str] = set()
        for column, view in enumerate(views[number], 1):
            for group in view.groups:
                x, y, z = points[group.rows].T
                trace = go.Scatter3d(
                    x=x,
                    y=y,
                    z=z,
                    mode="markers",
                    name=group.name,
                    legendgroup=group.name,
                    showlegend=group.name not in named,
                    marker={"size": 2.5, "color": group.colour},
                    visible=number == 0,
                    hoverinfo="name",
                )
                figure.add_trace(trace, row=1, col=column)
                named.add(group.name)
                owners.append(number)
    _lay_out(figure, clouds, owners)
    figure.write_html(path, include_plotlyjs=True, post_script=_TOGETHER, default_height="94vh")


def _lay_out(figure: go.Figure, clouds: Sequence[DrawnCloud], owners: list[int]) -> None:
    axis = {"visible": False}
    figure.update_scenes(
        xaxis=axis,
        yaxis=axis,
        zaxis=axis,
        aspectmode="data",
        camera={"eye": {"x": 2.3, "y": 1.65, "z": 1.15}},
    )
    buttons = [
        {
            "label": cloud.title,
            "method": "update",
            "args": [{"visible": [owner == number for owner in owners]}],
        }
        for number, cloud in enumerate(clouds)
    ]
    figure.update_layout(
        margin={"l": 10, "r": 10, "t": 110, "b": 10},
        legend={
            "orientation": "h",
            "y": -0.02,
            "x": 0.5,
            "xanchor": "center",
            "itemsizing": "constant",
        },
        updatemenus=[{"buttons": buttons, "x": 0, "xanchor": "left", "y": 1.2, "yanchor": "top"}],
        font={"family": "system-ui, sans-serif", "size": 14},
        template="plotly_white",
    )
