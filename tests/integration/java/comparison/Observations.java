import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;

/** Prints lines "topic: observation = value", each observation once. */
final class Observations {
    private static final Set<String> seen = new HashSet<>();
    private static String topic;

    private Observations() {
    }

    static void begin(String name) {
        topic = name;
    }

    static void print(String observation, Object value) {
        String key = topic + ": " + observation;
        if (!seen.add(key)) {
            throw new IllegalStateException("observed twice: " + key);
        }
        System.out.println(key + " = " + show(value));
    }

    interface Act {
        Object run() throws SQLException;
    }

    /** Prints what the act yields, or how it fails: the SQLSTATE, and the error code as an observation of its own. */
    static void attempt(String observation, Act act) {
        try {
            print(observation, act.run());
        } catch (SQLException failure) {
            print(observation, describe(failure));
            print(observation + " code", failure.getErrorCode());
        }
    }

    static String describe(Throwable failure) {
        if (failure instanceof BatchUpdateException batch && batch.getNextException() != null) {
            return "BatchUpdateException after " + batch.getUpdateCounts().length + ", " + describe(batch.getNextException());
        }
        return failure instanceof SQLException sql ? "SQLSTATE " + sql.getSQLState() : failure.toString();
    }

    static String show(Object value) {
        if (value instanceof byte[] bytes) {
            return "X'" + HexFormat.of().formatHex(bytes) + "'";
        }
        if (value instanceof int[] numbers) {
            return java.util.Arrays.toString(numbers);
        }
        return String.valueOf(value).replace("\n", "\\n");
    }

    /** Runs statements whose failure does not matter. */
    static void quietly(Connection connection, String... statements) {
        try (Statement statement = connection.createStatement()) {
            for (String text : statements) {
                try {
                    statement.execute(text);
                } catch (SQLException ignored) {
                    continue;
                }
            }
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String text : statements) {
                statement.execute(text);
            }
        }
    }

    /** The number of rows that a statement changes. */
    static int updateBy(Connection connection, String text) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(text);
        }
    }

    /** All rows, columns parted by "|", rows by ";". */
    static String query(Connection connection, String text) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(text)) {
            return rows(rows);
        }
    }

    static String rows(ResultSet rows) throws SQLException {
        StringBuilder all = new StringBuilder();
        while (rows.next()) {
            all.append(all.length() > 0 ? ";" : "").append(row(rows));
        }
        return all.toString();
    }

    static String row(ResultSet rows) throws SQLException {
        StringBuilder line = new StringBuilder();
        int columns = rows.getMetaData().getColumnCount();
        for (int i = 1; i <= columns; i++) {
            line.append(i > 1 ? "|" : "").append(show(rows.getObject(i)));
        }
        return line.toString();
    }

    /** How a result set describes itself. */
    static String columns(ResultSetMetaData metadata) throws SQLException {
        StringBuilder line = new StringBuilder();
        for (int i = 1; i <= metadata.getColumnCount(); i++) {
            line.append(i > 1 ? ", " : "").append(metadata.getColumnLabel(i)).append(' ').append(metadata.getColumnTypeName(i));
            line.append('(').append(metadata.getPrecision(i)).append(',').append(metadata.getScale(i)).append(')');
            line.append(metadata.isNullable(i) == ResultSetMetaData.columnNoNulls ? " not null" : "");
        }
        return line.toString();
    }
}
