"""The least bot of python-telegram-bot's: ``python -m bench.echo_bot BASE_URL TOKEN`` says what it is told."""

from __future__ import annotations

import sys

from telegram import Update
from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, filters


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    if update.message and update.message.text:
        await update.message.reply_text(update.message.text)


def main(base_url: str, token: str) -> None:
    builder = ApplicationBuilder().token(token).base_url(base_url)
    built = builder.concurrent_updates(64).build()
    built.add_handler(MessageHandler(filters.TEXT, echo))
    built.run_polling()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
