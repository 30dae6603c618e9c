"""Names that a genre may use and others define: x264's presets, languages, services with language models."""

from __future__ import annotations

from typing import Annotated

from shortform_assets.contracts.base import one_of

X264_PRESETS = (
    "ultrafast",
    "superfast",
    "veryfast",
    "faster",
    "fast",
    "medium",
    "slow",
    "slower",
    "veryslow",
)
"""Fastest first. `placebo` is left out: it doubles the time of `veryslow` for nothing that is seen."""

_CODES = (
    "af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr "
    "ht hu hy id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc "
    "pa pl ps pt ro ru sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo yue "
    "zh"
)
LANGUAGES = tuple(_CODES.split())
"""ISO 639-1 as Whisper writes it: its own codes for Javanese (jw), Hawaiian (haw) and Cantonese (yue)."""

AUTO = "auto"
"""The language is told from the sound."""

_SERVICES = (
    "alibaba anthropic azure azure-responses bedrock bedrock-mantle cerebras cohere crusoe deepseek "
    "fireworks gateway/anthropic gateway/bedrock gateway/google gateway/google-cloud gateway/groq "
    "gateway/openai github github-copilot google google-cloud google-decisions groq heroku huggingface "
    "litellm meta mistral moonshotai nebius ollama openai openai-chat openai-chatgpt openai-codex "
    "openai-decisions openai-responses openrouter ovhcloud sambanova snowflake together typesafe vercel "
    "vllm xai zai"
)
LLM_PROVIDERS = tuple(_SERVICES.split())
"""What stands before the colon of a PydanticAI model string."""

X264Preset = Annotated[str, one_of("x264 preset", X264_PRESETS)]
Language = Annotated[str, one_of("language", (AUTO, *LANGUAGES))]
