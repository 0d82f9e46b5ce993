package maildrift.probes.profile;

/**
 * Something wrong with a profile, or with the parameters somebody gave it.
 *
 * @param path where, from the profile's or the parameters' own root: {@code mx[0].host}, {@code
 *     region}; empty for the whole of it
 * @param message repeats the offending word and says what would have been right
 */
public record ProfileProblem(String path, String message) {

  @Override
  public String toString() {
    return path.isEmpty() ? message : path + ": " + message;
  }
}
