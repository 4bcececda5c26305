import { Alarm, type AlarmOptions } from "./alarm.ts";
import type { Notifier } from "./notifier.ts";
import { openTelegram, TelegramNotifier, type TelegramSettings } from "./telegram.ts";
import { attendCommands, type Desk } from "./telegram-commands.ts";
import { type WebhookSettings, webhookNotifier } from "./webhook.ts";

/** The `alerts` section. */
export interface AlertSettings {
  telegram?: (TelegramSettings & { commands: boolean }) | undefined;
  webhook?: WebhookSettings | undefined;
}

export interface AlertingOptions extends Omit<AlarmOptions, "notifiers"> {
  settings: AlertSettings;
  desk: Desk;
  /** Milliseconds. */
  clock: () => number;
}

/** Opens what the settings name: the alarm with its notifiers, and the desk behind the chat. Closing it ends all of them. */
export async function openAlerting({ settings, desk, clock, ...alarm }: AlertingOptions): Promise<AsyncDisposable> {
  const stop = new AbortController();
  const notifiers: Notifier[] = [];
  let attending: Promise<void> | undefined;
  if (settings.webhook) notifiers.push(webhookNotifier(settings.webhook, clock));
  if (settings.telegram) {
    const telegram = await openTelegram(settings.telegram);
    const notifier = new TelegramNotifier(telegram, settings.telegram.chat_id);
    notifiers.push(notifier);
    if (settings.telegram.commands) {
      attending = attendCommands({ telegram, notifier, desk, signal: stop.signal, warn: alarm.warn, clock });
    }
  }
  const bell = new Alarm({ ...alarm, notifiers });
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await bell[Symbol.asyncDispose]();
      await attending;
    },
  };
}
