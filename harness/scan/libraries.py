"""Members and keywords that libraries lost since 2016, from their changelogs.

What an installed package offers is in the surface. Here is what that cannot show: members of
objects of which nothing else is known, keywords that disappear in a `**kwargs`, and the packages
that a repository of that time uses and that are not installed.
"""

from __future__ import annotations

from typing import NamedTuple


class Lost(NamedTuple):
    """A member that some library's objects have no more, and that nothing else is likely to have.

    Attributes:
        modules: of which a file imports one if it has such objects.
        unless: a module whose objects still have it.
        said: of what objects, and since when where that matters.
        instead: what took its place.
        edit: what to write for `.member`; empty where that takes more.
        after: the attribute that it follows, where it has to.
    """

    modules: tuple[str, ...]
    unless: str
    said: str
    instead: str
    edit: str = ""
    after: str = ""


_XML = (("xml.etree",), "lxml", "elements of Python's own XML have no {} since 3.9")
_PILLOW = (
    ("PIL.ImageFont", "PIL.ImageDraw", "ImageFont", "ImageDraw"),
    "",
    "Pillow 10 has no {} any more",
)
_SPARSE = (("scipy.sparse",), "", "sparse matrices of SciPy have no {} any more")
_MATPLOTLIB = (("matplotlib",), "", "Matplotlib has no {} any more")
_SKLEARN = (("sklearn",), "", "models of scikit-learn have no {} any more")
_PANDAS = (("pandas",), "", "pandas 1.0 and later have no {}")
_NETWORKX = (("networkx",), "", "graphs of NetworkX 2 have no {}")
_GENSIM = (("gensim",), "", "Gensim 4 has no {} any more")
LOST = {
    "getchildren": Lost(*_XML, "list(element)"),
    "getiterator": Lost(*_XML, "iter"),
    "getsize": Lost(*_PILLOW, "getbbox"),
    "textsize": Lost(*_PILLOW, "textbbox"),
    "getsize_multiline": Lost(*_PILLOW, "getbbox"),
    "A": Lost(*_SPARSE, "toarray()", ".toarray()"),
    "set_axis_bgcolor": Lost(*_MATPLOTLIB, "set_facecolor", ".set_facecolor"),
    "get_axis_bgcolor": Lost(*_MATPLOTLIB, "get_facecolor", ".get_facecolor"),
    "set_color_cycle": Lost(*_MATPLOTLIB, "set_prop_cycle(color=...)"),
    "set_smart_bounds": Lost(*_MATPLOTLIB, "set_bounds"),
    "set_window_title": Lost(*_MATPLOTLIB, "manager.set_window_title", after="canvas"),
    "tostring_rgb": Lost(*_MATPLOTLIB, "buffer_rgba", after="canvas"),
    "w_xaxis": Lost(*_MATPLOTLIB, "xaxis", ".xaxis"),
    "w_yaxis": Lost(*_MATPLOTLIB, "yaxis", ".yaxis"),
    "w_zaxis": Lost(*_MATPLOTLIB, "zaxis", ".zaxis"),
    "get_feature_names": Lost(*_SKLEARN, "get_feature_names_out", ".get_feature_names_out"),
    "grid_scores_": Lost(*_SKLEARN, "cv_results_"),
    "active_features_": Lost(*_SKLEARN, "categories_"),
    "std_": Lost(*_SKLEARN, "scale_", ".scale_"),
    "ix": Lost(*_PANDAS, "loc or iloc"),
    "as_matrix": Lost(*_PANDAS, "to_numpy()"),
    "convert_objects": Lost(*_PANDAS, "infer_objects"),
    "get_dtype_counts": Lost(*_PANDAS, "dtypes.value_counts()"),
    "sortlevel": Lost(*_PANDAS, "sort_index"),
    "irow": Lost(*_PANDAS, "iloc"),
    "icol": Lost(*_PANDAS, "iloc"),
    "nodes_iter": Lost(*_NETWORKX, "nodes", ".nodes"),
    "edges_iter": Lost(*_NETWORKX, "edges", ".edges"),
    "neighbors_iter": Lost(*_NETWORKX, "neighbors", ".neighbors"),
    "index2word": Lost(*_GENSIM, "index_to_key", ".index_to_key"),
    "syn0": Lost(*_GENSIM, "vectors", ".vectors"),
    "isAlive": Lost(
        ("threading", "multiprocessing"), "", "threads have no {} since Python 3.9", "is_alive"
    ),
}


class Keyword(NamedTuple):
    """A keyword that a function took and that is no part of its signature to be looked up.

    Attributes:
        modules: of which a file imports one if it calls that function.
        instead: what took its place; empty if nothing did.
    """

    modules: tuple[str, ...]
    instead: str


_PLOTS = ("matplotlib",)
_FRAMES = ("pandas",)
_PICTURES = ("skimage",)
_VECTORS = ("gensim",)
# By the last part of the function's name and the keyword.
LOST_KEYWORDS = {
    ("hist", "normed"): Keyword(_PLOTS, "density"),
    ("axes", "axisbg"): Keyword(_PLOTS, "facecolor"),
    ("subplot", "axisbg"): Keyword(_PLOTS, "facecolor"),
    ("add_subplot", "axisbg"): Keyword(_PLOTS, "facecolor"),
    ("add_axes", "axisbg"): Keyword(_PLOTS, "facecolor"),
    ("savefig", "frameon"): Keyword(_PLOTS, ""),
    ("savefig", "papertype"): Keyword(_PLOTS, ""),
    ("grid", "b"): Keyword(_PLOTS, "visible"),
    ("semilogx", "basex"): Keyword(_PLOTS, "base"),
    ("semilogy", "basey"): Keyword(_PLOTS, "base"),
    ("loglog", "basex"): Keyword(_PLOTS, "base"),
    ("loglog", "basey"): Keyword(_PLOTS, "base"),
    ("plot", "hold"): Keyword(_PLOTS, ""),
    ("scatter", "verts"): Keyword(_PLOTS, "marker"),
    ("bar", "left"): Keyword(_PLOTS, "x"),
    ("boxplot", "labels"): Keyword(_PLOTS, "tick_labels"),
    ("text", "withdash"): Keyword(_PLOTS, ""),
    ("read_csv", "error_bad_lines"): Keyword(_FRAMES, "on_bad_lines"),
    ("read_csv", "warn_bad_lines"): Keyword(_FRAMES, "on_bad_lines"),
    ("read_csv", "squeeze"): Keyword(_FRAMES, "frame.squeeze()"),
    ("read_csv", "prefix"): Keyword(_FRAMES, ""),
    ("read_csv", "mangle_dupe_cols"): Keyword(_FRAMES, ""),
    ("read_csv", "tupleize_cols"): Keyword(_FRAMES, ""),
    ("read_csv", "skip_footer"): Keyword(_FRAMES, "skipfooter"),
    ("read_excel", "sheetname"): Keyword(_FRAMES, "sheet_name"),
    ("read_excel", "parse_cols"): Keyword(_FRAMES, "usecols"),
    ("to_csv", "line_terminator"): Keyword(_FRAMES, "lineterminator"),
    ("to_excel", "encoding"): Keyword(_FRAMES, ""),
    ("sort", "columns"): Keyword(_FRAMES, "sort_values(by=...)"),
    ("sort_index", "by"): Keyword(_FRAMES, "sort_values(by=...)"),
    ("drop_duplicates", "cols"): Keyword(_FRAMES, "subset"),
    ("drop_duplicates", "take_last"): Keyword(_FRAMES, "keep"),
    ("resample", "how"): Keyword(_FRAMES, "a method of what resample gives"),
    ("pivot_table", "rows"): Keyword(_FRAMES, "index"),
    ("structural_similarity", "multichannel"): Keyword(_PICTURES, "channel_axis"),
    ("rescale", "multichannel"): Keyword(_PICTURES, "channel_axis"),
    ("gaussian", "multichannel"): Keyword(_PICTURES, "channel_axis"),
    ("Word2Vec", "size"): Keyword(_VECTORS, "vector_size"),
    ("Word2Vec", "iter"): Keyword(_VECTORS, "epochs"),
    ("Doc2Vec", "size"): Keyword(_VECTORS, "vector_size"),
    ("Doc2Vec", "iter"): Keyword(_VECTORS, "epochs"),
    ("FastText", "size"): Keyword(_VECTORS, "vector_size"),
    ("FastText", "iter"): Keyword(_VECTORS, "epochs"),
}

# Names of packages that the surface does not record, and what took their place; of a module named
# here nothing is left.
GONE = {
    "cv2.CV_AA": "cv2.LINE_AA",
    "cv2.CV_LOAD_IMAGE_COLOR": "cv2.IMREAD_COLOR",
    "cv2.CV_LOAD_IMAGE_GRAYSCALE": "cv2.IMREAD_GRAYSCALE",
    "cv2.SIFT": "cv2.SIFT_create",
    "cv2.cv": "cv2 itself",
    "gym.make().monitor": "gym.wrappers.RecordVideo",
    "gym.make().seed": "env.reset(seed=...)",
    "gym.monitoring": "gymnasium.wrappers",
    "gym.scoreboard": "",
    "gym.spaces.prng": "",
    "gym.upload": "",
    "gym.wrappers.Monitor": "gym.wrappers.RecordVideo",
    "librosa.core.logamplitude": "librosa.amplitude_to_db",
    "librosa.logamplitude": "librosa.amplitude_to_db",
    "librosa.output": "soundfile.write",
    "moviepy.editor": "moviepy",
    "networkx.connected_component_subgraphs": "graph.subgraph(c) for c in connected_components",
    "networkx.from_numpy_matrix": "networkx.from_numpy_array",
    "networkx.from_scipy_sparse_matrix": "networkx.from_scipy_sparse_array",
    "networkx.read_gpickle": "pickle.load",
    "networkx.to_numpy_matrix": "networkx.to_numpy_array",
    "networkx.to_scipy_sparse_matrix": "networkx.to_scipy_sparse_array",
    "networkx.write_gpickle": "pickle.dump",
    "nltk.clean_html": "BeautifulSoup's get_text",
    "pandas.Float64Index": "pandas.Index",
    "pandas.Int64Index": "pandas.Index",
    "pandas.Panel": "xarray, or a MultiIndex",
    "pandas.SparseDataFrame": "a DataFrame of sparse columns",
    "pandas.TimeGrouper": "pandas.Grouper",
    "pandas.datetime": "datetime.datetime",
    "pandas.ewma": "series.ewm().mean()",
    "pandas.io.data": "pandas_datareader",
    "pandas.np": "numpy",
    "pandas.rolling_max": "series.rolling().max()",
    "pandas.rolling_mean": "series.rolling().mean()",
    "pandas.rolling_min": "series.rolling().min()",
    "pandas.rolling_std": "series.rolling().std()",
    "pandas.rolling_sum": "series.rolling().sum()",
    "pandas.scatter_matrix": "pandas.plotting.scatter_matrix",
    "pandas.tools": "pandas.plotting",
    "pandas.util.testing": "pandas.testing",
    "skimage.filter": "skimage.filters",
    "skimage.measure.compare_mse": "skimage.metrics.mean_squared_error",
    "skimage.measure.compare_psnr": "skimage.metrics.peak_signal_noise_ratio",
    "skimage.measure.compare_ssim": "skimage.metrics.structural_similarity",
}
# Of those packages: how many arguments a function takes by place, where it took more.
BY_PLACE = {
    "librosa.feature.melspectrogram": 0,
    "librosa.feature.mfcc": 0,
    "librosa.feature.chroma_stft": 0,
    "librosa.filters.mel": 0,
    "librosa.resample": 1,
    "librosa.core.resample": 1,
    "librosa.effects.time_stretch": 1,
    "librosa.effects.pitch_shift": 1,
}
# And what has to be given now.
NEEDED = {"yaml.load": (1, "Loader"), "yaml.load_all": (1, "Loader")}
# How many values a function gives, where it gave another number of them.
GIVES = {"cv2.findContours": 2, "gym.make().step": 5}
# Functions of which what they give has members that are named here.
MAKERS = ("gym.make",)

# Colour maps and styles of Matplotlib by names that it has no more.
COLOUR_MAPS = {
    "spectral": "nipy_spectral",
    "spectral_r": "nipy_spectral_r",
    "Vega10": "tab10",
    "Vega20": "tab20",
    "Vega20b": "tab20b",
    "Vega20c": "tab20c",
}
OLD_STYLES = "seaborn"
NEW_STYLES = "seaborn-v0_8"
