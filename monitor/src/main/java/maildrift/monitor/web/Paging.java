package maildrift.monitor.web;

import io.vertx.core.MultiMap;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.web.WebServer.Answer;
import maildrift.monitor.web.WebServer.Request;
import tools.jackson.core.JsonGenerator;

/**
 * Which part of a long list is asked for, by {@code page} and {@code per_page}, and where the rest
 * of it is: {@code Link} (RFC 8288) and {@code X-Total-Count}.
 *
 * @param page from 1 on
 * @param at path of the list
 * @param query that asked for it
 */
record Paging(int page, int size, String at, MultiMap query) {
  static final List<String> PARAMETERS = List.of("page", "per_page");

  private static final int WHOLE = 10_000;
  private static final int LAST_PAGE = 1_000_000;

  /**
   * What a request asks for.
   *
   * @param usual size of a page
   * @param most that a page may hold
   */
  static Paging of(Request request, int usual, int most) {
    return new Paging(
        request.number("page", 1, LAST_PAGE),
        request.number("per_page", usual, most),
        request.at(),
        request.query());
  }

  /** Of a list that programs which know Alertmanager expect whole. */
  static Paging ofWhole(Request request) {
    return of(request, WHOLE, WHOLE);
  }

  /** The page as an array. */
  <T> Answer answer(List<T> all, BiConsumer<JsonGenerator, T> form) {
    return Answer.json(
            CheckJson.bytes(
                json -> {
                  json.writeStartArray();
                  of(all).forEach(one -> form.accept(json, one));
                  json.writeEndArray();
                }))
        .with(headers(all.size()));
  }

  /** How many come before it, as far as there can be any. */
  int offset() {
    return (int) Math.min(Integer.MAX_VALUE / 2, (page - 1L) * size);
  }

  <T> List<T> of(List<T> all) {
    var first = Math.min(all.size(), offset());
    return all.subList(first, Math.min(all.size(), first + size));
  }

  int pages(int total) {
    return Math.max(1, Math.ceilDiv(total, size));
  }

  Map<String, String> headers(int total) {
    var links = new ArrayList<String>();
    links.add(link("first", 1));
    if (page > 1) {
      links.add(link("prev", Math.min(page - 1, pages(total))));
    }
    if (page < pages(total)) {
      links.add(link("next", page + 1));
    }
    links.add(link("last", pages(total)));
    return headers(links, Map.of("X-Total-Count", "" + total));
  }

  /** Where nobody has counted. */
  Map<String, String> headers(boolean goesOn) {
    var links = new ArrayList<String>();
    links.add(link("first", 1));
    if (page > 1) {
      links.add(link("prev", page - 1));
    }
    if (goesOn) {
      links.add(link("next", page + 1));
    }
    return headers(links, Map.of());
  }

  private static Map<String, String> headers(List<String> links, Map<String, String> more) {
    var headers = new LinkedHashMap<>(more);
    headers.put("Link", String.join(", ", links));
    return headers;
  }

  private String link(String relation, int other) {
    var target = new StringBuilder(at).append('?');
    query.forEach(
        entry -> {
          if (!entry.getKey().equals("page")) {
            target
                .append(encoded(entry.getKey()))
                .append('=')
                .append(encoded(entry.getValue()))
                .append('&');
          }
        });
    return "<%spage=%d>; rel=\"%s\"".formatted(target, other, relation);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
