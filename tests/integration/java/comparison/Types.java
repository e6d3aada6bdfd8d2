import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;

/** Every type: what goes in comes out, how it is described, what does not fit, NULL. */
final class Types {
    private record Type(String name, int jdbc, Object[] values, Object[] misfits) {
    }

    private static Object[] list(Object... values) {
        return values;
    }

    private static final Type[] TYPES = {
        new Type("SMALLINT", java.sql.Types.SMALLINT, list((short) 0, Short.MIN_VALUE, Short.MAX_VALUE), list(32768, "no number")),
        new Type("INTEGER", java.sql.Types.INTEGER, list(0, Integer.MIN_VALUE, Integer.MAX_VALUE), list(2147483648L, "no number")),
        new Type("BIGINT", java.sql.Types.BIGINT, list(0L, Long.MIN_VALUE, Long.MAX_VALUE),
            list(new BigDecimal("9223372036854775808"), "no number")),
        new Type("REAL", java.sql.Types.REAL, list(0.0f, 1.5f, -3.4e38f, 1.1754944E-38f), list(1e300)),
        new Type("DOUBLE", java.sql.Types.DOUBLE, list(0.0, 0.1, -1.7976931348623157E308, 2.2250738585072014E-308), list("no number")),
        new Type("DECIMAL(5)", java.sql.Types.DECIMAL, list(new BigDecimal("99999"), new BigDecimal("-1")), list(new BigDecimal("100000"))),
        new Type("DECIMAL(9,2)", java.sql.Types.DECIMAL,
            list(new BigDecimal("0.00"), new BigDecimal("1234567.89"), new BigDecimal("-0.01"), new BigDecimal("0.1")),
            list(new BigDecimal("12345678.90"), "no number")),
        new Type("DECIMAL(31,15)", java.sql.Types.DECIMAL,
            list(new BigDecimal("9999999999999999.999999999999999"), new BigDecimal("-1234567890123456.789012345678901")),
            list(new BigDecimal("10000000000000000"))),
        new Type("CHAR(8)", java.sql.Types.CHAR, list("", "abc", "12345678", "\u00e4\u20ac"), list("123456789")),
        new Type("VARCHAR(8)", java.sql.Types.VARCHAR, list("", "abc  ", "12345678", "\u00e4\u20ac\ud83d\ude00"), list("123456789")),
        new Type("LONG VARCHAR", java.sql.Types.LONGVARCHAR, list("", "long \u20ac"), list()),
        new Type("CHAR(4) FOR BIT DATA", java.sql.Types.BINARY, list(new byte[] { 0, 1, (byte) 0xFF, 127 }, new byte[] { 1 }),
            list(new byte[5])),
        new Type("VARCHAR(4) FOR BIT DATA", java.sql.Types.VARBINARY, list(new byte[0], new byte[] { 0, (byte) 0x80 }), list(new byte[5])),
        new Type("LONG VARCHAR FOR BIT DATA", java.sql.Types.LONGVARBINARY, list(new byte[] { 9, 0 }), list()),
        new Type("DATE", java.sql.Types.DATE, list(Date.valueOf("2024-02-29"), Date.valueOf("0001-01-01"), Date.valueOf("9999-12-31")),
            list("2023-02-29")),
        new Type("TIME", java.sql.Types.TIME, list(Time.valueOf("00:00:00"), Time.valueOf("23:59:59")), list("25:00:00")),
        new Type("TIMESTAMP", java.sql.Types.TIMESTAMP,
            list(Timestamp.valueOf("2024-01-02 03:04:05.123456789"), Timestamp.valueOf("1970-01-01 00:00:00")), list("yesterday")),
        new Type("BOOLEAN", java.sql.Types.BOOLEAN, list(true, false), list("maybe")),
        new Type("CLOB(1M)", java.sql.Types.CLOB, list("", "clob \u20ac"), list()),
        new Type("BLOB(1M)", java.sql.Types.BLOB, list(new byte[0], new byte[] { 0, 1, 2 }), list()),
    };

    private Types() {
    }

    static void observe(Connection connection) throws SQLException {
        for (Type type : TYPES) {
            Observations.quietly(connection, "DROP TABLE TYPED");
            try {
                Observations.execute(connection, "CREATE TABLE TYPED (ID INTEGER NOT NULL PRIMARY KEY, V " + type.name + ")");
            } catch (SQLException failure) {
                Observations.print(type.name + " in CREATE TABLE", Observations.describe(failure));
                continue;
            }
            storeAll(connection, type);
            Observations.attempt(type.name + " descriptions", () -> {
                describe(connection, type);
                return "all";
            });
            Observations.attempt(type.name + " read", () -> {
                readAll(connection, type);
                return "all";
            });
            selectByValue(connection, type);
        }
        Observations.quietly(connection, "DROP TABLE TYPED");
    }

    private static void storeAll(Connection connection, Type type) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO TYPED VALUES (?, ?)")) {
            insert.setInt(1, 0);
            insert.setNull(2, type.jdbc);
            Observations.attempt(type.name + " NULL stored", insert::executeUpdate);
            for (int i = 0; i < type.values.length; i++) {
                Object value = type.values[i];
                insert.setInt(1, i + 1);
                Observations.attempt(type.name + " value " + i + " stored", () -> {
                    insert.setObject(2, value);
                    return insert.executeUpdate();
                });
            }
            for (int i = 0; i < type.misfits.length; i++) {
                Object value = type.misfits[i];
                insert.setInt(1, 100 + i);
                Observations.attempt(type.name + " misfit " + i + " stored", () -> {
                    insert.setObject(2, value);
                    return insert.executeUpdate();
                });
            }
        }
        Observations.execute(connection, "DELETE FROM TYPED WHERE ID >= 100");
    }

    private static void describe(Connection connection, Type type) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("SELECT V FROM TYPED")) {
            ResultSetMetaData metadata = rows.getMetaData();
            Observations.print(type.name + " described", metadata.getColumnTypeName(1) + " " + metadata.getColumnType(1) + " "
                + metadata.getPrecision(1) + "," + metadata.getScale(1) + " " + metadata.getColumnClassName(1));
            Observations.print(type.name + " display size", metadata.getColumnDisplaySize(1));
            Observations.print(type.name + " signed", metadata.isSigned(1));
        }
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO TYPED VALUES (1, ?)")) {
            Observations.print(type.name + " parameter",
                insert.getParameterMetaData().getParameterTypeName(1) + " " + insert.getParameterMetaData().getParameterType(1));
        }
    }

    private static void readAll(Connection connection, Type type) throws SQLException {
        try (Statement statement = connection.createStatement();
             ResultSet rows = statement.executeQuery("SELECT V FROM TYPED ORDER BY ID")) {
            for (int i = -1; rows.next(); i++) {
                String name = type.name + (i < 0 ? " NULL" : " value " + i);
                boolean large = type.jdbc == java.sql.Types.CLOB || type.jdbc == java.sql.Types.BLOB;
                Observations.attempt(name + " as string", () -> rows.getString(1));
                Observations.print(name + " was null", rows.wasNull());
                if (!large) {
                    Observations.attempt(name + " as object", () -> rows.getObject(1));
                }
                if (type.jdbc == java.sql.Types.BLOB) {
                    Observations.attempt(name + " as bytes", () -> rows.getBytes(1));
                }
            }
        }
    }

    private static void selectByValue(Connection connection, Type type) throws SQLException {
        boolean comparable = !type.name.startsWith("LONG") && !type.name.endsWith("(1M)");
        if (!comparable) {
            return;
        }
        try (PreparedStatement query = connection.prepareStatement("SELECT ID FROM TYPED WHERE V = ?")) {
            for (int i = 0; i < type.values.length; i++) {
                Object value = type.values[i];
                Observations.attempt(type.name + " value " + i + " found", () -> {
                    query.setObject(1, value);
                    try (ResultSet rows = query.executeQuery()) {
                        return Observations.rows(rows);
                    }
                });
            }
        }
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
