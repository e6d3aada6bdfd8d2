import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The same load on any DRDA server, through Derby's client. Arguments are the URL, the user and the name of the load, or
 * "fill" for the tables that all of them need; standard input has a password a line.
 * Before and after the measurement a line goes out, so that whoever reads them can look at the server's CPU time meanwhile:
 * "begin", and "end UNITS NANOSECONDS".
 */
public final class Load {
    private static final int ROWS = 1_000_000;
    private static final int UNIT = 1000;
    private static final int CROWD = 8;
    private static final long WARM_NS = 4_000_000_000L;
    private static final long MEASURED_NS = 6_000_000_000L;

    private final String url;
    private final String user;
    private final BufferedReader passwords = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

    private Load(String url, String user) {
        this.url = url;
        this.user = user;
    }

    private interface Work {
        /** Returns the number of units done. */
        long until(long end) throws Exception;
    }

    private Connection connect() throws Exception {
        Connection connection = DriverManager.getConnection(url, user, passwords.readLine());
        connection.setAutoCommit(false);
        return connection;
    }

    private static void measure(Work work) throws Exception {
        work.until(System.nanoTime() + WARM_NS);
        System.out.println("begin");
        long begin = System.nanoTime();
        long units = work.until(begin + MEASURED_NS);
        System.out.println("end " + units + " " + (System.nanoTime() - begin));
    }

    private void fill() throws Exception {
        try (Connection connection = connect(); Statement statement = connection.createStatement()) {
            statement.executeUpdate("CREATE TABLE LOAD (ID INTEGER NOT NULL PRIMARY KEY, N BIGINT NOT NULL, V VARCHAR(40) NOT NULL)");
            statement.executeUpdate("INSERT INTO LOAD VALUES (1, 9000000001, 'the value of one row of the load')");
            for (int rows = 1; rows < ROWS; rows *= 2) {
                statement.executeUpdate("INSERT INTO LOAD SELECT ID + " + rows + ", N + " + rows + ", V FROM LOAD WHERE ID + " + rows
                    + " <= " + ROWS);
            }
            statement.executeUpdate("CREATE TABLE FILL (N BIGINT NOT NULL, V VARCHAR(40) NOT NULL)");
            connection.commit();
        }
    }

    private static long select(Connection connection, long seed, long end) throws SQLException {
        Random random = new Random(seed);
        long units = 0;
        try (PreparedStatement select = connection.prepareStatement("SELECT V FROM LOAD WHERE ID = ?")) {
            while (System.nanoTime() < end) {
                select.setInt(1, 1 + random.nextInt(ROWS));
                try (ResultSet rows = select.executeQuery()) {
                    if (!rows.next() || rows.getString(1).isEmpty()) {
                        throw new SQLException("a row is missing");
                    }
                }
                if (++units % UNIT == 0) {
                    connection.commit();
                }
            }
        }
        connection.commit();
        return units;
    }

    private static long selectCommitted(Connection connection, long end) throws SQLException {
        connection.setAutoCommit(true);
        long units = select(connection, 1, end);
        connection.setAutoCommit(false);
        return units;
    }

    private static long selectTogether(List<Connection> crowd, long end) throws Exception {
        long[] units = new long[CROWD];
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CROWD; i++) {
            int member = i;
            threads.add(new Thread(() -> {
                try {
                    units[member] = select(crowd.get(member), member, end);
                } catch (SQLException failure) {
                    failure.printStackTrace();
                    System.exit(1);
                }
            }));
        }
        long all = 0;
        for (Thread thread : threads) {
            thread.start();
        }
        for (int i = 0; i < CROWD; i++) {
            threads.get(i).join();
            all += units[i];
        }
        return all;
    }

    private static long read(Connection connection, long end) throws SQLException {
        long all = 0;
        try (PreparedStatement select = connection.prepareStatement("SELECT ID, N, V FROM LOAD")) {
            do {
                long sum = 0;
                try (ResultSet rows = select.executeQuery()) {
                    for (; rows.next(); all++) {
                        sum += rows.getInt(1) + rows.getLong(2) + rows.getString(3).length();
                    }
                }
                if (sum == 0) {
                    throw new SQLException("no rows");
                }
            } while (System.nanoTime() < end);
        }
        connection.commit();
        return all;
    }

    private static long insert(Connection connection, long end) throws SQLException {
        long units = 0;
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO FILL VALUES (?, ?)")) {
            while (System.nanoTime() < end) {
                for (int i = 0; i < UNIT; i++) {
                    insert.setLong(1, units++);
                    insert.setString(2, "the value of one row of the load");
                    insert.addBatch();
                }
                insert.executeBatch();
                connection.commit();
            }
        }
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("DELETE FROM FILL");
        }
        connection.commit();
        return units;
    }

    private void run(String name) throws Exception {
        List<Connection> crowd = new ArrayList<>();
        for (int i = 0; i < (name.equals("java-select-8") ? CROWD : 1); i++) {
            crowd.add(connect());
        }
        Connection first = crowd.get(0);
        switch (name) {
            case "java-select" -> measure(end -> select(first, 1, end));
            case "java-select-autocommit" -> measure(end -> selectCommitted(first, end));
            case "java-select-8" -> measure(end -> selectTogether(crowd, end));
            case "java-rows" -> measure(end -> read(first, end));
            case "java-batch-insert" -> measure(end -> insert(first, end));
            default -> throw new IllegalArgumentException(name);
        }
        for (Connection member : crowd) {
            member.close();
        }
    }

    public static void main(String[] arguments) throws Exception {
        Load load = new Load(arguments[0], arguments[1]);
        if (arguments[2].equals("fill")) {
            load.fill();
        } else {
            load.run(arguments[2]);
        }
    }
}
