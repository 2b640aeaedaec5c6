<?php
function mb_strlen($text) { return strlen($text); }
