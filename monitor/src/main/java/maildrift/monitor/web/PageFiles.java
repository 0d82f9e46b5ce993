package maildrift.monitor.web;

import com.google.common.io.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import maildrift.monitor.web.WebServer.Answer;
import maildrift.monitor.web.WebServer.Request;

/** What pages are shown with: the same for everybody. */
final class PageFiles {
  private static final byte[] STYLE = read("style.css");
  private static final byte[] SCRIPT = read("live.js");

  private PageFiles() {}

  static Answer style(Request request) {
    return Answer.of("text/css; charset=utf-8", STYLE);
  }

  static Answer script(Request request) {
    return Answer.of("text/javascript; charset=utf-8", SCRIPT);
  }

  private static byte[] read(String name) {
    try {
      return Resources.toByteArray(Resources.getResource(PageFiles.class, name));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
