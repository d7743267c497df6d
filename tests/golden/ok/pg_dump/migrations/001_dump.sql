--
-- PostgreSQL database dump
--

\restrict FtINEC2j57obCOzscpBcZ8guQdXxolnREqbaTvIdkUaH1G5tnAkcrd0ycCjOLlz

-- Dumped from database version 15.20 (Debian 15.20-0+deb12u1)
-- Dumped by pg_dump version 15.20 (Debian 15.20-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: billing; Type: SCHEMA; Schema: -; Owner: postgres
--

CREATE SCHEMA billing;


ALTER SCHEMA billing OWNER TO postgres;

--
-- Name: cents; Type: DOMAIN; Schema: billing; Owner: postgres
--

CREATE DOMAIN billing.cents AS bigint
	CONSTRAINT cents_check CHECK ((VALUE >= 0));


ALTER DOMAIN billing.cents OWNER TO postgres;

--
-- Name: state; Type: TYPE; Schema: billing; Owner: postgres
--

CREATE TYPE billing.state AS ENUM (
    'open',
    'paid',
    'it''s void'
);


ALTER TYPE billing.state OWNER TO postgres;

--
-- Name: double(integer); Type: FUNCTION; Schema: billing; Owner: postgres
--

CREATE FUNCTION billing.double(x integer) RETURNS integer
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT (x * 2);
END;


ALTER FUNCTION billing.double(x integer) OWNER TO postgres;

--
-- Name: touch(); Type: FUNCTION; Schema: billing; Owner: postgres
--

CREATE FUNCTION billing.touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
	NEW.total := NEW.total + 0; -- nothing; really
	RETURN NEW;
END;
$$;


ALTER FUNCTION billing.touch() OWNER TO postgres;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: customer; Type: TABLE; Schema: billing; Owner: postgres
--

CREATE TABLE billing.customer (
    id bigint NOT NULL,
    name text NOT NULL,
    note text DEFAULT 'a\b;c'::text
);


ALTER TABLE billing.customer OWNER TO postgres;

--
-- Name: customer_id_seq; Type: SEQUENCE; Schema: billing; Owner: postgres
--

ALTER TABLE billing.customer ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME billing.customer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: invoice; Type: TABLE; Schema: billing; Owner: postgres
--

CREATE TABLE billing.invoice (
    id integer NOT NULL,
    customer_id bigint NOT NULL,
    total billing.cents,
    state billing.state DEFAULT 'open'::billing.state,
    CONSTRAINT positive CHECK (((total)::bigint > 0))
);


ALTER TABLE billing.invoice OWNER TO postgres;

--
-- Name: TABLE invoice; Type: COMMENT; Schema: billing; Owner: postgres
--

COMMENT ON TABLE billing.invoice IS 'An invoice; with a semicolon';


--
-- Name: invoice_id_seq; Type: SEQUENCE; Schema: billing; Owner: postgres
--

CREATE SEQUENCE billing.invoice_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


ALTER TABLE billing.invoice_id_seq OWNER TO postgres;

--
-- Name: invoice_id_seq; Type: SEQUENCE OWNED BY; Schema: billing; Owner: postgres
--

ALTER SEQUENCE billing.invoice_id_seq OWNED BY billing.invoice.id;


--
-- Name: open_invoice; Type: VIEW; Schema: billing; Owner: postgres
--

CREATE VIEW billing.open_invoice AS
 SELECT invoice.id,
    invoice.customer_id,
    invoice.total,
    invoice.state
   FROM billing.invoice
  WHERE (invoice.state = 'open'::billing.state);


ALTER TABLE billing.open_invoice OWNER TO postgres;

--
-- Name: invoice id; Type: DEFAULT; Schema: billing; Owner: postgres
--

ALTER TABLE ONLY billing.invoice ALTER COLUMN id SET DEFAULT nextval('billing.invoice_id_seq'::regclass);


--
-- Name: customer customer_pkey; Type: CONSTRAINT; Schema: billing; Owner: postgres
--

ALTER TABLE ONLY billing.customer
    ADD CONSTRAINT customer_pkey PRIMARY KEY (id);


--
-- Name: invoice invoice_pkey; Type: CONSTRAINT; Schema: billing; Owner: postgres
--

ALTER TABLE ONLY billing.invoice
    ADD CONSTRAINT invoice_pkey PRIMARY KEY (id);


--
-- Name: by_customer; Type: INDEX; Schema: billing; Owner: postgres
--

CREATE INDEX by_customer ON billing.invoice USING btree (customer_id) WHERE (state <> 'paid'::billing.state);


--
-- Name: customer log; Type: RULE; Schema: billing; Owner: postgres
--

CREATE RULE log AS
    ON DELETE TO billing.customer DO (
 NOTIFY gone;

 NOTIFY again;
);


--
-- Name: invoice touch; Type: TRIGGER; Schema: billing; Owner: postgres
--

CREATE TRIGGER touch BEFORE UPDATE ON billing.invoice FOR EACH ROW EXECUTE FUNCTION billing.touch();


--
-- Name: invoice invoice_customer_id_fkey; Type: FK CONSTRAINT; Schema: billing; Owner: postgres
--

ALTER TABLE ONLY billing.invoice
    ADD CONSTRAINT invoice_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES billing.customer(id);


--
-- PostgreSQL database dump complete
--

\unrestrict FtINEC2j57obCOzscpBcZ8guQdXxolnREqbaTvIdkUaH1G5tnAkcrd0ycCjOLlz

