/** What buttons say where the owner wrote nothing: send, close, thanks, tab; in the survey's language. */
const WORDS = `en Send|Close|Thank you.|Feedback
ar إرسال|إغلاق|شكرًا لك.|رأيك
cs Odeslat|Zavřít|Děkujeme.|Zpětná vazba
da Send|Luk|Tak.|Feedback
de Senden|Schließen|Vielen Dank.|Feedback
el Αποστολή|Κλείσιμο|Ευχαριστούμε.|Γνώμη
es Enviar|Cerrar|Gracias.|Opinión
fa ارسال|بستن|سپاسگزاریم.|نظر شما
fi Lähetä|Sulje|Kiitos.|Palaute
fr Envoyer|Fermer|Merci.|Votre avis
he שליחה|סגירה|תודה.|משוב
hu Küldés|Bezárás|Köszönjük.|Vélemény
it Invia|Chiudi|Grazie.|Opinione
ja 送信|閉じる|ありがとうございました。|ご意見
ko 보내기|닫기|감사합니다.|의견
nb Send|Lukk|Takk.|Tilbakemelding
nl Versturen|Sluiten|Bedankt.|Feedback
pl Wyślij|Zamknij|Dziękujemy.|Opinia
pt Enviar|Fechar|Obrigado.|Opinião
ro Trimite|Închide|Mulțumim.|Părere
ru Отправить|Закрыть|Спасибо.|Отзыв
sv Skicka|Stäng|Tack.|Feedback
tr Gönder|Kapat|Teşekkürler.|Geri bildirim
uk Надіслати|Закрити|Дякуємо.|Відгук
zh 提交|关闭|谢谢。|反馈`;

export function usualWords(language: string): Record<"send" | "close" | "thanks" | "tab", string> {
  const code = language.toLowerCase().split(/[-_]/)[0] as string;
  const lines = WORDS.split("\n");
  const line = lines.find((each) => each.startsWith(`${code} `)) ?? (lines[0] as string);
  const [send = "", close = "", thanks = "", tab = ""] = line.slice(3).split("|");
  return { send, close, thanks, tab };
}
