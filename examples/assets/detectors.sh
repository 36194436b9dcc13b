#!/bin/sh
# Makes nanodet.safetensors and selfie.safetensors here from the ONNX files of the same names in a folder:
#     pip install onnx numpy
#     sh examples/assets/detectors.sh FOLDER
set -e
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
for name in nanodet selfie; do python3 "$here/simplify.py" "$1/$name.onnx" "$work/$name.onnx"; done
echo '["background", "person"]' > "$work/person.json"
node "$here/../../dist/cli.js" convert "$work/nanodet.onnx" -o "$here/nanodet.safetensors" --dtype f16 --name nanodet --labels "$here/coco80.json" \
  --preprocess '{"preset":"unit","scale":1,"mean":[103.53,116.28,123.675],"std":[57.375,57.12,58.395],"order":"bgr"}' \
  --task '{"kind":"detect","head":"nanodet","strides":[8,16,32],"score":0.35,"iou":0.5}'
node "$here/../../dist/cli.js" convert "$work/selfie.onnx" -o "$here/selfie.safetensors" --dtype f16 --name selfie --labels "$work/person.json" \
  --preprocess unit --task '{"kind":"segment","scores":"none"}'
