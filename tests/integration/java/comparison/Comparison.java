import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * What a JDBC program sees of a server, one line per observation. Run against two servers, the lines tell where they differ.
 * Arguments are the URL and the user; standard input has a password on each line, of which every connection takes a new one.
 */
public final class Comparison {
    private final String url;
    private final String user;
    private final Queue<String> passwords = new ArrayDeque<>();

    private Comparison(String url, String user) {
        this.url = url;
        this.user = user;
    }

    private void readPasswords() throws IOException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            passwords.add(line);
        }
    }

    /** A new connection; any thread may ask. */
    Connection connect() throws SQLException {
        String password;
        synchronized (passwords) {
            password = passwords.remove();
        }
        return DriverManager.getConnection(url, user, password);
    }

    private interface Topic {
        void observe(Connection connection) throws SQLException;
    }

    /** A topic that fails as a whole is an observation too, and the next one begins on a connection of its own. */
    private void run(String name, Topic topic) {
        Observations.begin(name);
        try (Connection connection = connect()) {
            topic.observe(connection);
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
            Observations.print("ends", "well");
        } catch (SQLException | RuntimeException failure) {
            Observations.print("ends", Observations.describe(failure));
            failure.printStackTrace();
        }
    }

    public static void main(String[] arguments) throws Exception {
        Comparison comparison = new Comparison(arguments[0], arguments[1]);
        comparison.readPasswords();
        comparison.run("types", Types::observe);
        comparison.run("round trips", RoundTrips::observe);
        comparison.run("strings", Strings::observe);
        comparison.run("large objects", Lobs::observe);
        comparison.run("batches", Batches::observe);
        comparison.run("cursors", Cursors::observe);
        comparison.run("registers", connection -> Registers.observe(connection, arguments[1]));
        comparison.run("decimals", Decimals::observe);
        comparison.run("units", Units::observe);
        comparison.run("keys", Keys::observe);
        comparison.run("errors", Failures::observe);
        comparison.run("database", Metadata::observeProperties);
        comparison.run("catalog", Metadata::observeCatalog);
        comparison.run("crowd", connection -> Crowd.observe(connection, comparison));
    }
}
