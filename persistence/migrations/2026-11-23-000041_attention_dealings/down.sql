DROP TABLE attention_dealings;
