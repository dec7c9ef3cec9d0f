int editor_placeholder;
