/** The bytes of a blob in Base64; empty where it cannot be read. */
export function base64(blob: Blob): Promise<string> {
  return new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result).split(",")[1] ?? "");
    reader.onerror = () => done("");
    reader.readAsDataURL(blob);
  });
}
