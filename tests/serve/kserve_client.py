"""Asks a service what KServe's own client for Python asks, and says what it answered as JSON. Arguments: the address."""
import asyncio
import json
import sys

import httpx
import numpy
from kserve import InferInput, InferRequest, InferenceRESTClient
from kserve.inference_client import RESTConfig
from kserve.protocol.infer_type import RequestedOutput

URL = sys.argv[1]
a = numpy.arange(6, dtype=numpy.float32).reshape(2, 3)
b = numpy.full((2, 3), 0.5, dtype=numpy.float32)


def request(binary_in, binary_out, names=("a", "b")):
    made = []
    for name, values in zip(names, (a, b)):
        tensor = InferInput(name, list(values.shape), "FP32")
        tensor.set_data_from_numpy(values, binary_data=binary_in)
        made.append(tensor)
    outputs = [RequestedOutput(name, {"binary_data": binary_out}) for name in ("negative", "sum")]
    return InferRequest("sums", made, request_id="an id", request_outputs=outputs)


async def status_of(call):
    try:
        await call
    except httpx.HTTPStatusError as error:
        return [error.response.status_code, str(error)]
    return None


async def main():
    async with InferenceRESTClient(RESTConfig(protocol="v2")) as client:
        said = {
            "live": await client.is_server_live(URL),
            "ready": await client.is_server_ready(URL),
            "model_ready": await client.is_model_ready(URL, "sums"),
            "no_model_ready": await client.is_model_ready(URL, "nothing"),
            "no_model": await status_of(client.infer(URL, request(False, False), model_name="nothing")),
            "wrong_input": await status_of(client.infer(URL, request(True, True, ("a", "c")), model_name="sums")),
            "answers": [],
        }
        for binary_in in (False, True):
            for binary_out in (False, True):
                response = await client.infer(URL, request(binary_in, binary_out), model_name="sums")
                values = {output.name: output.as_numpy().tolist() for output in response.outputs}
                said["answers"].append([response.id, response.model_name, values])
        json.dump(said, sys.stdout)


asyncio.run(main())
