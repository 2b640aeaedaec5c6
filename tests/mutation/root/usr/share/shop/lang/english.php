<?php
return ["buy" => "Buy"];
