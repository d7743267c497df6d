-- atlas:delimiter -- end

CREATE TABLE e (id bigint)
-- end
CREATE TABLE f (id bigint);
-- end
