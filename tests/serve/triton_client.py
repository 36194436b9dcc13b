"""Asks a service what Triton's own client for Python asks, and says what it answered as JSON. Arguments: the address, HOST:PORT."""
import json
import sys

import numpy
import tritonclient.http as http
from tritonclient.utils import InferenceServerException

client = http.InferenceServerClient(sys.argv[1])
a = numpy.arange(6, dtype=numpy.float32).reshape(2, 3)
b = numpy.full((2, 3), 0.5, dtype=numpy.float32)


def inputs(binary):
    made = []
    for name, values in (("a", a), ("b", b)):
        tensor = http.InferInput(name, list(values.shape), "FP32")
        tensor.set_data_from_numpy(values, binary_data=binary)
        made.append(tensor)
    return made


def error_of(call):
    try:
        call()
    except InferenceServerException as error:
        return [error.status(), error.message()]
    return None


said = {
    "live": client.is_server_live(),
    "ready": client.is_server_ready(),
    "model_ready": client.is_model_ready("sums"),
    "no_model_ready": client.is_model_ready("nothing"),
    "server": client.get_server_metadata(),
    "model": client.get_model_metadata("sums", "1"),
    "config": client.get_model_config("sums"),
    "index": client.get_model_repository_index(),
    "no_model": error_of(lambda: client.get_model_metadata("nothing")),
    "wrong_input": error_of(lambda: client.infer("sums", inputs(True)[:1])),
    "answers": [],
}
for binary_in in (True, False):
    for binary_out in (True, False):
        for packing in (None, "gzip", "deflate"):
            outputs = [http.InferRequestedOutput(name, binary_data=binary_out) for name in ("negative", "sum")]
            result = client.infer(
                "sums", inputs(binary_in), outputs=outputs, request_id="an id",
                request_compression_algorithm=packing, response_compression_algorithm=packing,
            )
            response = result.get_response()
            said["answers"].append(
                [response["id"], response["model_version"], result.as_numpy("sum").tolist(), result.as_numpy("negative").tolist()]
            )
default = client.infer("sums", inputs(True))
said["default"] = default.as_numpy("sum").tolist()
handle = client.async_infer("sums", inputs(True))
said["later"] = handle.get_result().as_numpy("sum").tolist()
client.load_model("sums")
client.unload_model("sums")
said["unloaded"] = client.is_model_ready("sums")
client.load_model("sums")
said["loaded"] = client.is_model_ready("sums")
said["stats"] = client.get_inference_statistics("sums")["model_stats"][0]["inference_count"]
json.dump(said, sys.stdout)
