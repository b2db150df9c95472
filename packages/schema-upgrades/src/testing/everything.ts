/** One of everything; `$s` is the schema, as some authors write it out. */
export const EVERYTHING = `
  CREATE TYPE mood AS ENUM ('sad', 'glad');
  CREATE DOMAIN positive AS int CHECK (VALUE > 0);
  CREATE SEQUENCE counter INCREMENT 2;
  CREATE TABLE people (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mood $s.mood DEFAULT 'sad', age positive,
    n int DEFAULT nextval('counter'), name text COLLATE "C" NOT NULL, twice int GENERATED ALWAYS AS (id * 2) STORED);
  CREATE TABLE pets (owner bigint REFERENCES $s.people (id) ON DELETE CASCADE, CHECK (owner > 0));
  CREATE TABLE parts (id int) PARTITION BY RANGE (id);
  CREATE TABLE part_one PARTITION OF parts FOR VALUES FROM (0) TO (10);
  CREATE UNIQUE INDEX by_name ON people (lower(name)) WHERE age > 1;
  CREATE VIEW adults AS SELECT p.name FROM $s.people p WHERE p.age > 17;
  CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM people;
  CREATE FUNCTION double(value int, more int DEFAULT 1) RETURNS int LANGUAGE sql IMMUTABLE RETURN value * 2;
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
  CREATE TRIGGER touched BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION touch();
  CREATE RULE quiet AS ON DELETE TO pets DO INSTEAD NOTHING;
  CREATE STATISTICS ages ON age, n FROM people;
  ALTER TABLE people ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own ON people FOR SELECT USING (name = current_user);
  COMMENT ON COLUMN people.age IS 'in years';`;
