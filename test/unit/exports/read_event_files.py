"""Prints as JSON what TensorBoard finds in folders of event files, a list: python3 read_event_files.py <folders>."""

import json
import sys

from tensorboard.backend.event_processing.event_multiplexer import EventMultiplexer
from tensorboard.backend.event_processing.plugin_event_multiplexer import (
    EventMultiplexer as PluginMultiplexer,
)
from tensorboard.plugins.hparams import plugin_data_pb2
from tensorboard.util import tensor_util


def read(folder):
    multiplexer = EventMultiplexer(size_guidance={"scalars": 0, "tensors": 0})
    multiplexer.AddRunsFromDirectory(folder).Reload()
    # The one that TensorBoard itself draws from: it brings what it reads into the newest form first.
    plugins = PluginMultiplexer(tensor_size_guidance={"scalars": 0, "text": 0})
    plugins.AddRunsFromDirectory(folder).Reload()
    return {run: read_run(multiplexer, plugins, run, tags) for run, tags in multiplexer.Runs().items()}


def read_run(multiplexer, plugins, run, tags):
    def hparams(tag):
        content = multiplexer.SummaryMetadata(run, tag).plugin_data.content
        return plugin_data_pb2.HParamsPluginData.FromString(content)

    def described(tag):
        metadata = plugins.SummaryMetadata(run, tag)
        return {"plugin": metadata.plugin_data.plugin_name, "description": metadata.summary_description}

    start = hparams("_hparams_/session_start_info").session_start_info
    ended = "_hparams_/session_end_info" in tags["tensors"]
    return {
        "scalars": {
            tag: [[str(event.step), repr(event.value), event.wall_time] for event in multiplexer.Scalars(run, tag)]
            for tag in tags["scalars"]
        },
        "described": {tag: described(tag) for tag in tags["scalars"]},
        "drawn": {tag: len(plugins.Tensors(run, tag)) for tag in tags["scalars"]},
        "text": [
            tensor_util.make_ndarray(event.tensor_proto).item().decode()
            for event in plugins.Tensors(run, "parameters")
        ],
        "group": start.group_name,
        "parameters": {name: getattr(value, value.WhichOneof("kind")) for name, value in start.hparams.items()},
        "status": hparams("_hparams_/session_end_info").session_end_info.status if ended else None,
    }


json.dump([read(folder) for folder in sys.argv[1:]], sys.stdout)
