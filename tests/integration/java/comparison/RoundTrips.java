import java.io.StringReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.Arrays;
import java.util.Random;

/** Random values of every type, as parameters of the type's own kind: how many come back exactly from a table, and from CAST. */
final class RoundTrips {
    private static final int VALUES = 250;
    private static final int CASTS = 40;
    private static final int NULL_EVERY = 16;

    private interface Maker {
        Object make(Random random);
    }

    private record Type(String name, int jdbc, Maker maker) {
    }

    private static final Type[] TYPES = {
        new Type("SMALLINT", java.sql.Types.SMALLINT, random -> (short) random.nextInt()),
        new Type("INTEGER", java.sql.Types.INTEGER, random -> random.nextInt() >> random.nextInt(32)),
        new Type("BIGINT", java.sql.Types.BIGINT, random -> random.nextLong() >> random.nextInt(64)),
        new Type("REAL", java.sql.Types.REAL, random -> (float) (random.nextGaussian() * Math.pow(10, random.nextInt(60) - 30))),
        new Type("DOUBLE", java.sql.Types.DOUBLE, random -> random.nextGaussian() * Math.pow(10, random.nextInt(500) - 250)),
        new Type("DECIMAL(5)", java.sql.Types.DECIMAL, random -> decimal(random, 5, 0)),
        new Type("DECIMAL(15,4)", java.sql.Types.DECIMAL, random -> decimal(random, 15, 4)),
        new Type("DECIMAL(18,2)", java.sql.Types.DECIMAL, random -> decimal(random, 18, 2)),
        new Type("DECIMAL(31,15)", java.sql.Types.DECIMAL, random -> decimal(random, 31, 15)),
        new Type("DECIMAL(31,31)", java.sql.Types.DECIMAL, random -> decimal(random, 31, 31)),
        new Type("CHAR(12)", java.sql.Types.CHAR, random -> text(random, 12, 12)),
        new Type("VARCHAR(60)", java.sql.Types.VARCHAR, random -> text(random, 0, 60)),
        new Type("LONG VARCHAR", java.sql.Types.LONGVARCHAR, random -> text(random, 0, 500)),
        new Type("CHAR(9) FOR BIT DATA", java.sql.Types.BINARY, random -> bytes(random, 9, 9)),
        new Type("VARCHAR(60) FOR BIT DATA", java.sql.Types.VARBINARY, random -> bytes(random, 0, 60)),
        new Type("LONG VARCHAR FOR BIT DATA", java.sql.Types.LONGVARBINARY, random -> bytes(random, 0, 500)),
        new Type("DATE", java.sql.Types.DATE, random -> Date.valueOf(date(random))),
        new Type("TIME", java.sql.Types.TIME, random -> Time.valueOf(time(random))),
        new Type("TIMESTAMP", java.sql.Types.TIMESTAMP,
            random -> Timestamp.valueOf(date(random) + " " + time(random) + "." + String.format("%09d", random.nextInt(1_000_000_000)))),
        new Type("BOOLEAN", java.sql.Types.BOOLEAN, Random::nextBoolean),
        new Type("CLOB(1M)", java.sql.Types.CLOB, random -> text(random, 0, 10_000)),
        new Type("BLOB(1M)", java.sql.Types.BLOB, random -> bytes(random, 0, 20_000)),
    };

    private RoundTrips() {
    }

    private static BigDecimal decimal(Random random, int precision, int scale) {
        BigInteger limit = BigInteger.TEN.pow(1 + random.nextInt(precision));
        BigInteger digits = new BigInteger(110, random).mod(limit);
        return new BigDecimal(random.nextBoolean() ? digits : digits.negate(), scale);
    }

    private static String text(Random random, int least, int most) {
        StringBuilder built = new StringBuilder();
        int length = least + random.nextInt(most - least + 1);
        while (built.length() < length) {
            int kind = random.nextInt(4);
            if (kind == 3 && built.length() + 2 <= length) {
                built.appendCodePoint(0x10000 + random.nextInt(0x100000));
            } else {
                built.append((char) (kind == 0 ? '!' + random.nextInt(94) : kind == 1 ? 0xA1 + random.nextInt(0x700) : 0x4E00 + random.nextInt(0x5000)));
            }
        }
        return built.toString();
    }

    private static byte[] bytes(Random random, int least, int most) {
        byte[] made = new byte[least + random.nextInt(most - least + 1)];
        random.nextBytes(made);
        return made;
    }

    private static String date(Random random) {
        return String.format("%04d-%02d-%02d", 1600 + random.nextInt(8400), 1 + random.nextInt(12), 1 + random.nextInt(28));
    }

    private static String time(Random random) {
        return String.format("%02d:%02d:%02d", random.nextInt(24), random.nextInt(60), random.nextInt(60));
    }

    private static Object next(Type type, Random random) {
        Object value = type.maker.make(random);
        return random.nextInt(NULL_EVERY) == 0 ? null : value;
    }

    private static void set(PreparedStatement statement, int index, Type type, Object value) throws SQLException {
        if (value == null) {
            statement.setNull(index, type.jdbc);
        } else if (type.jdbc == java.sql.Types.CLOB) {
            statement.setCharacterStream(index, new StringReader((String) value), ((String) value).length());
        } else {
            statement.setObject(index, value);
        }
    }

    private static boolean isSame(Type type, Object sent, ResultSet rows, int column) throws SQLException {
        if (sent instanceof byte[] bytes) {
            return Arrays.equals(bytes, rows.getBytes(column));
        }
        if (sent instanceof String text) {
            return text.equals(rows.getString(column));
        }
        Object got = type.jdbc == java.sql.Types.CLOB || type.jdbc == java.sql.Types.BLOB ? rows.getString(column) : rows.getObject(column);
        if (sent instanceof Short number && got instanceof Integer other) {
            return number.intValue() == other;
        }
        return sent == null ? got == null : sent.equals(got);
    }

    private static String store(Connection connection, Type type) throws SQLException {
        Observations.quietly(connection, "DROP TABLE TRIPS");
        Observations.execute(connection, "CREATE TABLE TRIPS (ID INTEGER NOT NULL PRIMARY KEY, V " + type.name + ")");
        Random random = new Random(type.name.hashCode());
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO TRIPS VALUES (?, ?)")) {
            for (int i = 0; i < VALUES; i++) {
                insert.setInt(1, i);
                set(insert, 2, type, next(type, random));
                insert.executeUpdate();
            }
        }
        int same = 0;
        random = new Random(type.name.hashCode());
        try (Statement statement = connection.createStatement();
             ResultSet rows = statement.executeQuery("SELECT V FROM TRIPS ORDER BY ID")) {
            while (rows.next()) {
                same += isSame(type, next(type, random), rows, 1) ? 1 : 0;
            }
        }
        return same + " of " + VALUES;
    }

    private static String cast(Connection connection, Type type) throws SQLException {
        int same = 0;
        Random random = new Random(type.name.hashCode());
        try (PreparedStatement query = connection.prepareStatement("VALUES (CAST(? AS " + type.name + "))")) {
            for (int i = 0; i < CASTS; i++) {
                Object value = next(type, random);
                set(query, 1, type, value);
                try (ResultSet rows = query.executeQuery()) {
                    same += rows.next() && isSame(type, value, rows, 1) ? 1 : 0;
                }
            }
        }
        return same + " of " + CASTS;
    }

    static void observe(Connection connection) throws SQLException {
        for (Type type : TYPES) {
            connection.setAutoCommit(false);
            Observations.attempt(type.name + " stored and read", () -> store(connection, type));
            connection.commit();
            Observations.attempt(type.name + " cast", () -> cast(connection, type));
            connection.commit();
        }
        Observations.quietly(connection, "DROP TABLE TRIPS");
        connection.commit();
    }
}
