package maildrift.monitor.web;

import com.google.common.io.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import maildrift.monitor.web.WebServer.Answer;
import maildrift.monitor.web.WebServer.Request;

/** {@code /api/v1/openapi.json}: what there is, for programs; tests hold it against what is so. */
final class OpenApi {
  private static final byte[] DOCUMENT = read();

  private OpenApi() {}

  static Answer document(Request request) {
    return Answer.json(DOCUMENT);
  }

  private static byte[] read() {
    try {
      return Resources.toByteArray(Resources.getResource("maildrift/monitor/web/openapi.json"));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
