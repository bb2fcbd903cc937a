-- Where troubles come back is told from the index alone.
CREATE INDEX facts_repeats ON reporting_figures.facts (at) INCLUDE (place, since, until)
    WHERE fact = 'repeat_report' AND NOT standing;
