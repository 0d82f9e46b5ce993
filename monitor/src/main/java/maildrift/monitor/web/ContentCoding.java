package maildrift.monitor.web;

import com.google.common.base.Splitter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * Whether an answer is compressed (RFC 9110 section 12.5.3): only for whoever asks, at the cheapest
 * level, and on the thread that made the answer, never on the event loop.
 */
final class ContentCoding {
  /** Less is sent faster than it is compressed. */
  private static final int WORTH_IT = 1024;

  private static final int BUFFER = 64 * 1024;

  private ContentCoding() {}

  static boolean wantsGzip(Optional<String> acceptEncoding) {
    if (acceptEncoding.isEmpty()) {
      return false;
    }
    var gzip = -1.0;
    var any = 0.0;
    var identity = 0.0;
    for (var range : Splitter.on(',').split(acceptEncoding.get().toLowerCase(Locale.ROOT))) {
      var parts = Splitter.on(';').trimResults().splitToList(range);
      switch (parts.getFirst()) {
        case "gzip", "x-gzip" -> gzip = Math.max(gzip, quality(parts));
        case "identity" -> identity = quality(parts);
        case "*" -> any = quality(parts);
        default -> {}
      }
    }
    var worth = gzip < 0 ? any : gzip;
    return worth > 0 && worth >= identity;
  }

  /** What a range of a list is worth to who asks (RFC 9110 section 12.4.2). */
  static double quality(List<String> parts) {
    for (var part : parts) {
      if (part.startsWith("q=")) {
        try {
          return Double.parseDouble(part.substring(2));
        } catch (NumberFormatException _) {
          return 0;
        }
      }
    }
    return 1;
  }

  static boolean isWorthIt(byte[] body) {
    return body.length >= WORTH_IT;
  }

  static byte[] gzip(byte[] body) {
    var out = new ByteArrayOutputStream(body.length / 4);
    try {
      gzip(out, gzip -> gzip.write(body));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return out.toByteArray();
  }

  /**
   * Compresses what is written. Only where all was written is the end written as well: closed
   * early, it would look whole. The compressor's memory is no memory of Java's: it is given back
   * whatever happens, and not when the collector comes by.
   */
  static void gzip(OutputStream to, WebServer.Stream.Body body) throws IOException {
    var gzip = new Cheap(to);
    try {
      body.writeTo(gzip);
      gzip.close();
    } finally {
      gzip.free();
    }
  }

  private static final class Cheap extends GZIPOutputStream {
    Cheap(OutputStream to) throws IOException {
      super(to, BUFFER);
      def.setLevel(Deflater.BEST_SPEED);
    }

    private void free() {
      def.end();
    }
  }
}
